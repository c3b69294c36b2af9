/** Tests of shards, decoding and buckets. */
package io.kohaku.image;
