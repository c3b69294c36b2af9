package io.kohaku.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** BMPs of every kind, written by hand, and the colours that they must show. */
public final class BmpFiles {
  public static final int WIDTH = 7;
  public static final int HEIGHT = 5;

  private static final int[] FIVE_BITS = {0x7C00, 0x3E0, 0x1F, 0};
  private static final int[] EIGHT_BITS = {0xFF0000, 0xFF00, 0xFF, 0};
  private static final int COLOURS_MISSING = 1;

  private BmpFiles() {}

  /**
   * A kind of BMP.
   *
   * @param header its length in bytes
   * @param bits of a pixel
   * @param compression 0 for rows, 1 and 2 for runs, 3 and 6 for masks
   * @param topDown whether the upper row comes first
   * @param masks red, green, blue, alpha, for compression 3 and 6
   */
  public record Kind(int header, int bits, int compression, boolean topDown, int... masks) {
    int[] allMasks() {
      return masks.length > 0 ? masks : bits == 16 ? FIVE_BITS : EIGHT_BITS;
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      text.append(header).append(" bytes, ").append(bits).append(" bits, packed ");
      text.append(compression).append(topDown ? ", top down" : "");
      for (int mask : masks) {
        text.append(' ').append(Integer.toHexString(mask));
      }
      return text.toString();
    }
  }

  /** Every header with every depth, and masks in several orders. */
  public static List<Kind> kinds() {
    List<Kind> kinds = new ArrayList<>();
    for (int bits : new int[] {1, 2, 4, 8, 16, 24, 32}) {
      for (int header : new int[] {12, 16, 40, 52, 56, 64, 108, 124}) {
        kinds.add(new Kind(header, bits, 0, false));
      }
      kinds.add(new Kind(40, bits, 0, true));
    }
    for (int header : new int[] {40, 56, 64, 108, 124}) {
      kinds.add(new Kind(header, 8, 1, false));
      kinds.add(new Kind(header, 4, 2, header == 40));
    }
    for (int header : new int[] {40, 52, 56, 108, 124}) {
      kinds.add(new Kind(header, 16, 3, false, 0xF800, 0x7E0, 0x1F, 0));
      kinds.add(new Kind(header, 16, 3, true, 0x7C00, 0x3E0, 0x1F, 0));
      kinds.add(new Kind(header, 16, 3, false, 0x1F, 0x7E0, 0xF800, 0));
      kinds.add(new Kind(header, 24, 3, false, 0xFF, 0xFF00, 0xFF0000, 0));
      kinds.add(new Kind(header, 32, 3, false, 0xFF0000, 0xFF00, 0xFF, 0));
      kinds.add(new Kind(header, 32, 3, true, 0xFF000000, 0xFF0000, 0xFF00, 0));
      kinds.add(new Kind(header, 32, 3, false, 0x3FF00000, 0xFFC00, 0x3FF, 0));
    }
    for (int header : new int[] {56, 108, 124}) {
      kinds.add(new Kind(header, 16, 3, false, 0xF00, 0xF0, 0xF, 0xF000));
      kinds.add(new Kind(header, 32, 3, false, 0xFF0000, 0xFF00, 0xFF, 0xFF000000));
      kinds.add(new Kind(header, 32, 3, false, 0xFF, 0xFF00, 0xFF0000, 0xFF000000));
    }
    kinds.add(new Kind(40, 32, 6, false, 0xFF000000, 0xFF0000, 0xFF00, 0xFF));
    return kinds;
  }

  /** A file of this kind. */
  public static byte[] file(Kind kind) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(header(kind));
    if (kind.bits <= 8) {
      for (int place = 0; place < colours(kind); place++) {
        int colour = paletteColour(place);
        body.write(colour);
        body.write(colour >> 8);
        body.write(colour >> 16);
        body.writeBytes(new byte[kind.header == 12 ? 0 : 1]);
      }
    }
    int pixels = 14 + body.size();
    for (int row = 0; row < HEIGHT; row++) {
      int y = kind.topDown ? row : HEIGHT - 1 - row;
      body.writeBytes(kind.compression == 1 || kind.compression == 2 ? run(kind, y) : row(kind, y));
    }
    return little(14 + body.size())
        .put(new byte[] {'B', 'M'})
        .putInt(14 + body.size())
        .putInt(0)
        .putInt(pixels)
        .put(body.toByteArray())
        .array();
  }

  /** The last colour is left out of palettes of 8 bits: what has it is black. */
  private static int colours(Kind kind) {
    return (1 << kind.bits) - (kind.bits == 8 && kind.header >= 40 ? COLOURS_MISSING : 0);
  }

  private static byte[] header(Kind kind) {
    boolean fields = kind.compression == 3 || kind.compression == 6;
    int behind = kind.header == 40 && fields ? 4 * (kind.compression == 6 ? 4 : 3) : 0;
    ByteBuffer out = little(Math.max(kind.header + behind, 60)).putInt(kind.header);
    if (kind.header == 12) {
      out.putShort((short) WIDTH).putShort((short) HEIGHT);
    } else {
      out.putInt(WIDTH).putInt(kind.topDown ? -HEIGHT : HEIGHT);
    }
    out.putShort((short) 1).putShort((short) kind.bits);
    if (kind.header >= 40) {
      out.putInt(kind.compression).putInt(0).putInt(0).putInt(0);
      out.putInt(kind.bits <= 8 ? colours(kind) : 0).putInt(0);
      for (int i = 0; i < 4 && fields; i++) {
        out.putInt(40 + 4 * i, kind.masks[i]);
      }
    }
    byte[] header = new byte[kind.header + behind];
    System.arraycopy(out.array(), 0, header, 0, header.length);
    return header;
  }

  private static byte[] row(Kind kind, int y) {
    byte[] row = new byte[(WIDTH * kind.bits + 31) / 32 * 4];
    for (int x = 0; x < WIDTH; x++) {
      if (kind.bits <= 8) {
        int shift = 8 - kind.bits - x * kind.bits % 8;
        row[x * kind.bits / 8] |= (byte) (place(kind, x, y) << shift);
      } else {
        for (int i = 0; i < kind.bits / 8; i++) {
          row[x * kind.bits / 8 + i] = (byte) (pixel(kind, x, y) >>> 8 * i);
        }
      }
    }
    return row;
  }

  /** Three pixels one by one, runs of the others, and the end of the row, or of all. */
  private static byte[] run(Kind kind, int y) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int[] places = new int[WIDTH + 1];
    for (int x = 0; x < WIDTH; x++) {
      places[x] = place(kind, x, y);
    }
    out.write(0);
    out.write(3);
    if (kind.bits == 8) {
      out.writeBytes(new byte[] {(byte) places[0], (byte) places[1], (byte) places[2], 0});
    } else {
      out.writeBytes(new byte[] {(byte) (places[0] << 4 | places[1]), (byte) (places[2] << 4)});
    }
    for (int x = 3; x < WIDTH; x += kind.bits == 8 ? 1 : 2) {
      out.write(kind.bits == 8 ? 1 : Math.min(2, WIDTH - x));
      out.write(kind.bits == 8 ? places[x] : places[x] << 4 | places[x + 1]);
    }
    out.write(0);
    out.write(y == (kind.topDown ? HEIGHT - 1 : 0) ? 1 : 0);
    return out.toByteArray();
  }

  private static int place(Kind kind, int x, int y) {
    return x == 3 ? (1 << kind.bits) - 1 : (x + 2 * y) % (1 << kind.bits);
  }

  private static int paletteColour(int place) {
    return (place * 37 & 255) << 16 | (place * 91 + 40 & 255) << 8 | place * 7 & 255;
  }

  private static int pixel(Kind kind, int x, int y) {
    int pixel = 0;
    for (int i = 0; i < 4; i++) {
      int mask = kind.allMasks()[i];
      if (mask != 0) {
        pixel |= stored(mask, x, y, i) << Integer.numberOfTrailingZeros(mask);
      }
    }
    return pixel;
  }

  /** The value under a mask: rising to the right, downwards, falling; alpha in steps. */
  private static int stored(int mask, int x, int y, int channel) {
    int greatest = mask >>> Integer.numberOfTrailingZeros(mask);
    return switch (channel) {
      case 0 -> greatest * x / (WIDTH - 1);
      case 1 -> greatest * y / (HEIGHT - 1);
      case 2 -> greatest - greatest * x / (WIDTH - 1);
      default -> greatest * (x % 3) / 2;
    };
  }

  /** {@code [height, width, 3]} that a file of this kind must show over white, red first. */
  public static byte[] shown(Kind kind) {
    ByteArrayOutputStream rgb = new ByteArrayOutputStream();
    for (int at = 0; at < WIDTH * HEIGHT; at++) {
      int x = at % WIDTH;
      int y = at / WIDTH;
      for (int channel = 0; channel < 3; channel++) {
        rgb.write(kind.bits <= 8 ? painted(kind, x, y, channel) : unmasked(kind, x, y, channel));
      }
    }
    return rgb.toByteArray();
  }

  private static int painted(Kind kind, int x, int y, int channel) {
    int place = place(kind, x, y);
    return place < colours(kind) ? paletteColour(place) >> 16 - 8 * channel & 255 : 0;
  }

  private static int unmasked(Kind kind, int x, int y, int channel) {
    double colour = eighth(kind.allMasks()[channel], x, y, channel);
    int alpha = kind.allMasks()[3];
    double opacity = alpha == 0 ? 1 : eighth(alpha, x, y, 3) / 255;
    return (int) Math.round(colour * opacity + 255 * (1 - opacity));
  }

  /** Scaled to 8 bits. */
  private static double eighth(int mask, int x, int y, int channel) {
    double greatest = mask >>> Integer.numberOfTrailingZeros(mask);
    return Math.round(stored(mask, x, y, channel) * 255 / greatest);
  }

  private static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
