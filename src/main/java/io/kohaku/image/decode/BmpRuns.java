package io.kohaku.image.decode;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.image.header.BmpHeader;

/**
 * Unpacks a BMP's runs: pairs of a count and a byte, and, after a zero, the end of a row, the end
 * of all, a step to the right and onwards, or a count of pixels that follow one by one.
 */
final class BmpRuns {
  private static final int END_OF_ROW = 0;
  private static final int END = 1;
  private static final int STEP = 2;

  /** What an array holds. */
  private static final int MOST_PIXELS = Integer.MAX_VALUE - 8;

  private final byte[] file;
  private final BmpHeader header;
  private final byte[] places;
  private int at;
  private int x;
  private int row;

  private BmpRuns(byte[] file, BmpHeader header, int pixels) {
    this.file = file;
    this.header = header;
    this.places = new byte[pixels];
    this.at = header.pixels();
  }

  /** {@code [height, width]} places in the palette, 0 where the runs leave pixels out. */
  static byte[] places(byte[] file, BmpHeader header) throws ImageRejected {
    long pixels = (long) header.width() * header.height();
    if (pixels > MOST_PIXELS) {
      throw new ImageRejected(RejectReason.TOO_MANY_PIXELS, pixels + " pixels in a BMP of runs");
    }
    BmpRuns runs = new BmpRuns(file, header, (int) pixels);
    runs.unpack();
    return runs.places;
  }

  private void unpack() throws ImageRejected {
    while (row < header.height()) {
      if (at + 1 >= file.length) {
        requireWhole();
        return;
      }
      int count = file[at++] & 0xFF;
      int code = file[at++] & 0xFF;
      if (count > 0) {
        for (int i = 0; i < count; i++) {
          take(header.bits() == 8 ? code : i % 2 == 0 ? code >> 4 : code & 0xF);
        }
      } else if (code == END) {
        return;
      } else if (code == END_OF_ROW) {
        x = 0;
        row++;
      } else if (code == STEP) {
        step();
      } else {
        takePixels(code);
      }
    }
  }

  private void step() {
    if (at + 1 < file.length) {
      x += file[at] & 0xFF;
      row += file[at + 1] & 0xFF;
    }
    at += 2;
  }

  /** Pixels one by one, filled up to two bytes. */
  private void takePixels(int count) throws ImageRejected {
    int bits = header.bits();
    int length = (count * bits + 7) / 8;
    if (at + length > file.length) {
      throw truncated();
    }
    for (int i = 0; i < count; i++) {
      int value = file[at + i * bits / 8] & 0xFF;
      take(bits == 8 ? value : i % 2 == 0 ? value >> 4 : value & 0xF);
    }
    at += length + length % 2;
  }

  /** What reaches beyond the row is left out. */
  private void take(int place) {
    if (x < header.width()) {
      places[row * header.width() + x] = (byte) place;
    }
    x++;
  }

  /** The end may be missing, but no pixels. */
  private void requireWhole() throws ImageRejected {
    if (row < header.height() - 1 || x < header.width()) {
      throw truncated();
    }
  }

  private ImageRejected truncated() {
    return new ImageRejected(
        RejectReason.TRUNCATED, "the file ends at byte " + file.length + " inside BMP data");
  }
}
