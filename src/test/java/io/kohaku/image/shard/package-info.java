/** Tests of {@code io.kohaku.image.shard}. */
package io.kohaku.image.shard;
