package io.kohaku.image.decode;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.header.BmpHeader;
import io.kohaku.image.header.BmpHeader.Packing;
import io.kohaku.image.header.BmpHeader.Palette;
import io.kohaku.image.header.ByteReader;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;

/**
 * Decodes a BMP of any kind, see {@link BmpHeader}.
 *
 * <p>Our own, because OpenCV turns OS/2's upside down and takes masks for what they are not, and
 * the JDK's reader gives grey palettes in other greys.
 */
final class BmpPixels {
  private static final int CHANNELS = 4;
  private static final byte OPAQUE = (byte) 255;

  private final byte[] file;
  private final BmpHeader header;
  private final byte[] bgra;
  private boolean transparent;
  private boolean visible;

  private BmpPixels(byte[] file, BmpHeader header) {
    this.file = file;
    this.header = header;
    this.bgra = new byte[header.width() * CHANNELS];
  }

  /** Decodes a file whose header was read before. */
  static void decode(byte[] file, Mat stored) throws ImageRejected {
    BmpHeader header = BmpHeader.of(new ByteReader(file));
    new BmpPixels(file, header).decode(stored);
  }

  private void decode(Mat stored) throws ImageRejected {
    byte[] runs = header.packing() == Packing.RUNS ? BmpRuns.places(file, header) : null;
    stored.create(header.height(), header.width(), CvType.CV_8UC4);
    for (int row = 0; row < header.height(); row++) {
      int from = header.pixels() + (int) (row * header.stride());
      if (runs != null) {
        paint(runs, row * header.width(), 8);
      } else if (header.bits() <= 8) {
        paint(file, from, header.bits());
      } else {
        unmask(from);
      }
      stored.put(header.topDown() ? row : header.height() - 1 - row, 0, bgra);
    }
    // Many writers give a mask for alpha and then no alpha: browsers show the colours.
    if (!transparent || !visible) {
      Imgproc.cvtColor(stored, stored, Imgproc.COLOR_BGRA2BGR);
    }
  }

  /** A row of places in the palette; where it has no colour there is black. */
  private void paint(byte[] places, int from, int bits) {
    Palette palette = header.palette();
    for (int x = 0; x < header.width(); x++) {
      int shift = 8 - bits - x * bits % 8;
      int place = (places[from + x * bits / 8] & 0xFF) >> shift & (1 << bits) - 1;
      boolean known = place < palette.colours();
      int colour = palette.from() + place * palette.size();
      for (int channel = 0; channel < 3; channel++) {
        bgra[x * CHANNELS + channel] = known ? file[colour + channel] : 0;
      }
      bgra[x * CHANNELS + 3] = OPAQUE;
    }
  }

  /** A row of colours. */
  private void unmask(int start) {
    int bytes = header.bits() / 8;
    int alpha = header.masks().get(3);
    transparent = alpha != 0;
    for (int x = 0; x < header.width(); x++) {
      int value = 0;
      for (int i = bytes - 1; i >= 0; i--) {
        value = value << 8 | file[start + x * bytes + i] & 0xFF;
      }
      int to = x * CHANNELS;
      for (int channel = 0; channel < 3; channel++) {
        bgra[to + channel] = channel(value, header.masks().get(2 - channel));
      }
      bgra[to + 3] = alpha == 0 ? OPAQUE : channel(value, alpha);
      visible |= bgra[to + 3] != 0;
    }
  }

  /** The bits under the mask, scaled to 8: value · 255 / greatest, rounded. */
  private static byte channel(int pixel, int mask) {
    if (mask == 0) {
      return 0;
    }
    int shift = Integer.numberOfTrailingZeros(mask);
    long greatest = mask >>> shift;
    long value = (pixel & mask) >>> shift;
    return (byte) ((value * 255 + greatest / 2) / greatest);
  }
}
