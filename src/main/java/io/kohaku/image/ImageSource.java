package io.kohaku.image;

import java.io.Serializable;

/**
 * Where the bytes of one image lie.
 *
 * @param shard the archive or plain file
 * @param offset of the first byte
 * @param length in bytes
 * @param stamp changes when the shard does
 */
public record ImageSource(String shard, long offset, long length, long stamp)
    implements Serializable {}
