package io.kohaku.image.shard;

import io.kohaku.image.ImageRejected;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A regular file of an archive, as its header tells it.
 *
 * @param path its name in the archive
 * @param offset of its first byte
 * @param length in bytes
 */
record TarMember(String path, long offset, long length) {
  /** So many zeros in a row are no chance. */
  private static final int SURELY_FILL = 16;

  private static final byte[] ZEROS = new byte[TarHeader.BLOCK];

  /** The post and kind of image that the name tells, if it does. */
  Optional<MemberName> image() {
    try {
      return Optional.of(MemberName.parse(path));
    } catch (ImageRejected e) {
      return Optional.empty();
    }
  }

  /** The same bytes under another name. */
  TarMember named(String other) {
    return new TarMember(other, offset, length);
  }

  /** Whether its last block is filled up with zeros: its length is what it was when written. */
  boolean isFilledUp(ArchiveBytes archive) throws IOException {
    long fill = TarHeader.blocks(length) - length;
    return fill >= SURELY_FILL && isZero(archive.read(offset + length, fill));
  }

  /** Whether an image ends in zeros, as none but BMP does: the rest was never written. */
  boolean isCutShort(ArchiveBytes archive) throws IOException {
    long tail = Math.min(length, TarHeader.BLOCK);
    return tail > 0
        && image().filter(name -> !name.extension().equals("bmp")).isPresent()
        && isZero(archive.read(offset + length - tail, tail));
  }

  /** Whether there is nothing but zeros, in at most one block. */
  static boolean isZero(byte[] bytes) {
    return Arrays.equals(bytes, 0, bytes.length, ZEROS, 0, bytes.length);
  }

  @Override
  public String toString() {
    return "%s: %s bytes at %s".formatted(path, length, offset);
  }
}
