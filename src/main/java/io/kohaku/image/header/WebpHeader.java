package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import io.kohaku.settings.ImageSettings;

/** Walks a WebP's chunks: its canvas, its frames, its EXIF, and whether it is whole. */
final class WebpHeader {
  private WebpHeader() {}

  static ImageHeader read(ByteReader in, ImageSettings limits) throws ImageRejected {
    long end = 8 + in.u32Little(4);
    int width = 0;
    int height = 0;
    int frames = 0;
    ExifBlock exif = ExifBlock.NONE;
    int at = 12;
    while (at + 8 <= end) {
      String type = in.fourLetters(at);
      long length = in.u32Little(at + 4);
      int data = at + 8;
      switch (type) {
        case "VP8X" -> {
          width = 1 + in.u24Little(data + 4);
          height = 1 + in.u24Little(data + 7);
          ImageHeader.requireSize(width, height, limits);
        }
        case "VP8 ", "VP8L" -> {
          frames++;
          int[] size = type.equals("VP8 ") ? lossy(in, data) : lossless(in, data);
          width = Math.max(width, size[0]);
          height = Math.max(height, size[1]);
          ImageHeader.requireSize(width, height, limits);
        }
        case "ANMF" -> frames++;
        case "EXIF" -> exif = exif(in, data, (int) length);
        default -> {
          // Not needed before decoding.
        }
      }
      in.require(data, length);
      at = data + (int) (length + (length & 1));
    }
    in.require(0, end);
    ImageHeader.requireSize(width, height, limits);
    return new ImageHeader(ImageFormat.WEBP, width, height, frames, exif);
  }

  private static int[] lossy(ByteReader in, int data) throws ImageRejected {
    return new int[] {in.u16Little(data + 6) & 0x3FFF, in.u16Little(data + 8) & 0x3FFF};
  }

  private static int[] lossless(ByteReader in, int data) throws ImageRejected {
    long bits = in.u32Little(data + 1);
    return new int[] {(int) (bits & 0x3FFF) + 1, (int) (bits >> 14 & 0x3FFF) + 1};
  }

  /** Some writers put JPEG's {@code Exif\0\0} before the TIFF header. */
  private static ExifBlock exif(ByteReader in, int data, int length) {
    int skip = in.startsWith(data, 'E', 'x', 'i', 'f', 0, 0) ? 6 : 0;
    return new ExifBlock(data + skip, Math.max(0, length - skip));
  }
}
