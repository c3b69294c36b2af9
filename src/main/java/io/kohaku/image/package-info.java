/**
 * From archives of images to pixels of a bucket's size.
 *
 * <p>In: tar shards and folders on any Hadoop file system. Out: {@code ShardTable}, which tells
 * where the bytes of each post's image lie, and, for one image's bytes, its pixels resized and
 * cropped to a bucket.
 *
 * <p>Nothing is ever extracted: an archive is a list of byte ranges, found by walking its headers
 * once. Buckets, headers and decoding are plain Java; Spark appears in the stage, partition and
 * table classes only. All decoders' results are turned upright, flattened and resized by one place,
 * so a setting means the same for every format.
 */
package io.kohaku.image;
