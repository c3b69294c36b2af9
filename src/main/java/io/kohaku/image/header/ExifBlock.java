package io.kohaku.image.header;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where a file keeps its EXIF data, a small TIFF file of its own.
 *
 * <p>Cameras' and editors' directories often promise more than there is, so no general TIFF reader
 * is used: it refuses the whole for one wrong number. Here each entry counts that lies inside the
 * block, up to the one that is looked for.
 *
 * @param offset of the TIFF header
 * @param length in bytes, 0 for none
 */
public record ExifBlock(int offset, int length) {
  static final ExifBlock NONE = new ExifBlock(0, 0);

  private static final int UPRIGHT = 1;
  private static final int ORIENTATION = 0x112;
  private static final int MAGIC = 42;
  private static final int HEADER = 8;
  private static final int ENTRY = 12;
  private static final int PREFIX = 6;

  /** The block in these bytes, behind as many {@code Exif\0\0} as some writers put before it. */
  static ExifBlock of(ByteReader in, int from, int length) {
    int at = from;
    int left = length;
    while (left >= PREFIX && in.startsWith(at, 'E', 'x', 'i', 'f', 0, 0)) {
      at += PREFIX;
      left -= PREFIX;
    }
    return new ExifBlock(at, Math.max(0, left));
  }

  /** The orientation, 1 to 8; 1, upright, where there is none or it cannot be read. */
  public int orientation(byte[] file) {
    if (length < HEADER) {
      return UPRIGHT;
    }
    ByteBuffer tiff = ByteBuffer.wrap(file, offset, length).slice();
    short order = tiff.getShort(0);
    if (order == 0x4949) {
      tiff.order(ByteOrder.LITTLE_ENDIAN);
    } else if (order != 0x4D4D) {
      return UPRIGHT;
    }
    int magic = tiff.getShort(2);
    int directory = tiff.getInt(4);
    boolean known = magic == MAGIC || magic == MAGIC << 8;
    return known && directory >= 0 && directory <= length - 2
        ? orientation(tiff, directory)
        : UPRIGHT;
  }

  private static int orientation(ByteBuffer tiff, int directory) {
    int inside = (tiff.capacity() - directory - 2) / ENTRY;
    int entries = Math.min(inside, tiff.getShort(directory) & 0xFFFF);
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + ENTRY * i;
      if ((tiff.getShort(entry) & 0xFFFF) == ORIENTATION) {
        long value = value(tiff, entry);
        return value >= 1 && value <= 8 ? (int) value : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  /** The first of an entry's whole numbers that lie in the entry itself, or 0. */
  private static long value(ByteBuffer tiff, int entry) {
    int size =
        switch (tiff.getShort(entry + 2)) {
          case 1, 6 -> 1;
          case 3, 8 -> 2;
          case 4, 9 -> 4;
          default -> 0;
        };
    long count = tiff.getInt(entry + 4) & 0xFFFF_FFFFL;
    if (size == 0 || count == 0 || count * size > 4) {
      return 0;
    }
    return switch (size) {
      case 1 -> tiff.get(entry + 8);
      case 2 -> tiff.getShort(entry + 8);
      default -> tiff.getInt(entry + 8);
    };
  }
}
