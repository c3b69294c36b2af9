/**
 * Where the bytes of each post's image lie, in archives and folders that are never unpacked.
 *
 * <p>In: tar shards and folders on any Hadoop file system. Out: {@code ShardTable}, and single
 * images by their place.
 */
package io.kohaku.image.shard;
