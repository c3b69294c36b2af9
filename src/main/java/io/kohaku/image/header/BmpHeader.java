package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.settings.ImageSettings;
import java.util.List;

/**
 * How a BMP's pixels are stored. There are headers of OS/2, of 12 bytes and of 16 to 64, and of
 * Windows, of 40, 52, 56, 108 and 124 bytes; each begins as the one before it.
 *
 * @param width in pixels
 * @param height in pixels
 * @param topDown whether the upper row is stored first
 * @param bits of one pixel: 1, 2, 4 or 8 for a place in the palette; 16, 24 or 32 for the colour
 * @param packing how pixels are packed
 * @param masks of a colour's bits: red, green, blue, and alpha or 0
 * @param palette where the palette lies
 * @param pixels where the pixels begin
 */
public record BmpHeader(
    int width,
    int height,
    boolean topDown,
    int bits,
    Packing packing,
    List<Integer> masks,
    Palette palette,
    int pixels) {
  private static final int HEADER = 14;
  private static final int OLD = 12;
  private static final int PLAIN = 40;
  private static final int LONGEST = 124;
  private static final int WITH_ALPHA = 56;
  private static final List<Integer> FIVE_BITS = List.of(0x7C00, 0x3E0, 0x1F, 0);
  private static final List<Integer> EIGHT_BITS = List.of(0xFF0000, 0xFF00, 0xFF, 0);

  /** How pixels are packed. */
  public enum Packing {
    /** Row by row, each filled up to four bytes. */
    ROWS,
    /** Runs of equal pixels and pieces of others. */
    RUNS
  }

  /**
   * Where the colours lie.
   *
   * @param from the first, blue first
   * @param colours how many
   * @param size of one in bytes, 3 or 4
   */
  public record Palette(int from, int colours, int size) {}

  static ImageHeader read(ByteReader in, ImageSettings limits) throws ImageRejected {
    boolean old = in.u32Little(HEADER) == OLD;
    long width = old ? in.u16Little(18) : (int) in.u32Little(18);
    long height = old ? in.u16Little(20) : Math.abs((long) (int) in.u32Little(22));
    ImageHeader.requireSize(width, height, limits);
    BmpHeader header = of(in);
    if (header.packing == Packing.ROWS) { // The last row's filling may be missing.
      long rows = (height - 1) * header.stride();
      in.require(header.pixels, rows + (width * header.bits + 7) / 8);
    }
    return new ImageHeader(ImageFormat.BMP, (int) width, (int) height, 1, ExifBlock.NONE);
  }

  /** The header of a file whose size was found to be within the limits. */
  public static BmpHeader of(ByteReader in) throws ImageRejected {
    long size = in.u32Little(HEADER);
    boolean old = size == OLD;
    if (!old && (size < 16 || size > LONGEST)) {
      throw new ImageRejected(
          RejectReason.UNSUPPORTED_FORMAT, "a BMP whose header has " + size + " bytes");
    }
    int bits = in.u16Little(old ? 24 : 28);
    long compression = size >= 20 ? in.u32Little(30) : 0;
    boolean fields = compression == 3 || compression == 6;
    requireKnown(size, bits, compression);
    int height = old ? in.u16Little(20) : (int) in.u32Little(22);
    int from = HEADER + (int) size;
    if (fields && size == PLAIN) {
      from += compression == 6 ? 16 : 12;
    }
    Palette palette = palette(in, from, bits, size);
    long pixels = in.u32Little(10);
    pixels = pixels == 0 ? (long) from + palette.colours * palette.size : pixels;
    if (pixels < from || pixels > in.length()) {
      throw new ImageRejected(
          pixels < from ? RejectReason.UNDECODABLE : RejectReason.TRUNCATED,
          "the BMP's pixels would begin at byte " + pixels);
    }
    return new BmpHeader(
        old ? in.u16Little(18) : (int) in.u32Little(18),
        Math.abs(height),
        height < 0,
        bits,
        compression == 1 || compression == 2 ? Packing.RUNS : Packing.ROWS,
        fields
            ? masks(in, compression == 6 || size >= WITH_ALPHA)
            : bits == 16 ? FIVE_BITS : EIGHT_BITS,
        palette,
        (int) pixels);
  }

  private static void requireKnown(long size, int bits, long compression) throws ImageRejected {
    boolean windows = size == PLAIN || size == 52 || size >= WITH_ALPHA && size != 64;
    boolean known =
        switch ((int) Math.min(compression, 7)) {
          case 0 -> List.of(1, 2, 4, 8, 16, 24, 32).contains(bits);
          case 1 -> bits == 8;
          case 2 -> bits == 4;
          case 3, 6 -> windows && List.of(16, 24, 32).contains(bits);
          default -> false;
        };
    if (!known) {
      throw new ImageRejected(
          RejectReason.UNSUPPORTED_FORMAT,
          "a BMP of %s bits, compression %s, with a header of %s bytes"
              .formatted(bits, compression, size));
    }
  }

  /** The colours that the header counts and that lie before the pixels. */
  private static Palette palette(ByteReader in, int from, int bits, long headerSize)
      throws ImageRejected {
    int size = headerSize == OLD ? 3 : 4;
    if (bits > 8) {
      return new Palette(from, 0, size);
    }
    long counted = headerSize >= 36 ? in.u32Little(46) : 0;
    long most = 1L << bits;
    long colours = counted == 0 ? most : Math.min(counted, most);
    long pixels = in.u32Little(10);
    long room = ((pixels == 0 ? in.length() : Math.min(pixels, in.length())) - from) / size;
    return new Palette(from, (int) Math.max(0, Math.min(colours, room)), size);
  }

  private static List<Integer> masks(ByteReader in, boolean alpha) throws ImageRejected {
    List<Integer> masks =
        List.of(
            (int) in.u32Little(54),
            (int) in.u32Little(58),
            (int) in.u32Little(62),
            alpha ? (int) in.u32Little(66) : 0);
    int seen = 0;
    for (int mask : masks) {
      int ones = mask >>> Integer.numberOfTrailingZeros(mask);
      if ((ones & ones + 1) != 0 || (seen & mask) != 0) {
        throw new ImageRejected(
            RejectReason.UNDECODABLE, "a BMP whose bit masks are torn or mixed");
      }
      seen |= mask;
    }
    if ((masks.get(0) | masks.get(1) | masks.get(2)) == 0) {
      throw new ImageRejected(RejectReason.UNDECODABLE, "a BMP whose bit masks are zero");
    }
    return masks;
  }

  /** Bytes from one row to the next. */
  public long stride() {
    return ((long) width * bits + 31) / 32 * 4;
  }
}
