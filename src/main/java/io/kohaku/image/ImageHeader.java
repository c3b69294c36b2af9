package io.kohaku.image;

import io.kohaku.settings.ImageSettings;

/**
 * What an image file says about itself before it is decoded.
 *
 * @param format by the first bytes
 * @param width stored pixels, before any turning
 * @param height stored pixels, before any turning
 * @param frames number of frames, 1 for a still
 * @param channels colour channels where the format tells them early, else 0
 * @param exif where the EXIF block lies, or {@link ExifBlock#NONE}
 */
record ImageHeader(
    ImageFormat format, int width, int height, int frames, int channels, ExifBlock exif) {

  /** Reads the header, and walks the file's blocks to its end to see that it is whole. */
  static ImageHeader read(byte[] bytes) throws ImageRejected {
    ImageFormat format = ImageFormat.of(bytes);
    ByteReader in = new ByteReader(bytes);
    return switch (format) {
      case JPEG -> JpegHeader.read(in);
      case PNG -> PngHeader.read(in);
      case WEBP -> WebpHeader.read(in);
      case GIF -> GifHeader.read(in);
      case BMP -> bmp(in);
      case AVIF ->
          throw new ImageRejected(
              RejectReason.UNSUPPORTED_FORMAT, "no AVIF decoder for Java is bundled");
    };
  }

  private static ImageHeader bmp(ByteReader in) throws ImageRejected {
    boolean old = in.u32Little(14) == 12;
    int width = old ? in.u16Little(18) : (int) in.u32Little(18);
    int height = old ? in.u16Little(20) : Math.abs((int) in.u32Little(22));
    return new ImageHeader(ImageFormat.BMP, width, height, 1, 0, ExifBlock.NONE);
  }

  /** Whether the upright image has the stored image's sides swapped. */
  boolean turned(byte[] file, ImageSettings.Orientation orientation) {
    return orientation == ImageSettings.Orientation.APPLY && exif.orientation(file) >= 5;
  }

  /** Rejects what the settings do not allow. */
  void check(ImageSettings settings) throws ImageRejected {
    if (width <= 0 || height <= 0) {
      throw new ImageRejected(
          RejectReason.UNDECODABLE, "the header says " + width + "x" + height + " pixels");
    }
    if ((long) width * height > settings.maxPixels()) {
      throw new ImageRejected(
          RejectReason.TOO_MANY_PIXELS,
          width + "x" + height + " pixels, images.max-pixels is " + settings.maxPixels());
    }
    if (Math.max(width, height) > settings.maxSide()) {
      throw new ImageRejected(
          RejectReason.TOO_LONG_SIDE,
          width + "x" + height + " pixels, images.max-side is " + settings.maxSide());
    }
    if (frames > settings.maxFrames()) {
      throw new ImageRejected(
          RejectReason.ANIMATED, frames + " frames, images.max-frames is " + settings.maxFrames());
    }
  }
}
