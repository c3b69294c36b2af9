package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.settings.ImageSettings;

/**
 * What an image file says about itself before it is decoded.
 *
 * @param format by the first bytes
 * @param width stored pixels, before any turning
 * @param height stored pixels, before any turning
 * @param frames number of frames, 1 for a still
 * @param channels colour channels where the format tells them early, else 0
 * @param plainJpeg whether it is a JPEG of whose pixels all decoders agree
 * @param exif where the EXIF block lies, or {@link ExifBlock#NONE}
 * @param frame what is decoded of it, and where it lies on the {@code width} by {@code height}
 */
public record ImageHeader(
    ImageFormat format,
    int width,
    int height,
    int frames,
    int channels,
    boolean plainJpeg,
    ExifBlock exif,
    FirstFrame frame) {

  /** The header of a still that is no JPEG. */
  ImageHeader(ImageFormat format, int width, int height, int frames, ExifBlock exif) {
    this(format, width, height, frames, exif, FirstFrame.whole(width, height));
  }

  /** The header of a format that is no JPEG, whose frame may be less than the image. */
  ImageHeader(
      ImageFormat format, int width, int height, int frames, ExifBlock exif, FirstFrame frame) {
    this(format, width, height, frames, 0, false, exif, frame);
  }

  /**
   * Reads the header, and walks the file's blocks to its end to see that it is whole. A size beyond
   * the limits is told as soon as it is read, so of a file that is also cut.
   */
  public static ImageHeader read(byte[] bytes, ImageSettings limits) throws ImageRejected {
    ImageHeader header = read(new ByteReader(bytes), limits);
    if (header.frames > limits.maxFrames()) {
      throw new ImageRejected(
          RejectReason.ANIMATED,
          header.frames + " frames, images.max-frames is " + limits.maxFrames());
    }
    return header;
  }

  private static ImageHeader read(ByteReader in, ImageSettings limits) throws ImageRejected {
    return switch (ImageFormat.of(in)) {
      case JPEG -> JpegHeader.read(in, limits);
      case PNG -> PngHeader.read(in, limits);
      case WEBP -> WebpHeader.read(in, limits);
      case GIF -> GifHeader.read(in, limits);
      case BMP -> BmpHeader.read(in, limits);
      case AVIF ->
          throw new ImageRejected(
              RejectReason.UNSUPPORTED_FORMAT, "no AVIF decoder for Java is bundled");
    };
  }

  /** Whether the upright image has the stored image's sides swapped. */
  public boolean turned(byte[] file, ImageSettings.Orientation orientation) {
    return orientation == ImageSettings.Orientation.APPLY && exif.orientation(file) >= 5;
  }

  /** Rejects a size in pixels that the settings do not allow. */
  static void requireSize(long width, long height, ImageSettings limits) throws ImageRejected {
    if (width <= 0 || height <= 0) {
      throw new ImageRejected(
          RejectReason.UNDECODABLE, "the header says " + width + "x" + height + " pixels");
    }
    if (width > limits.maxPixels() / height) {
      throw new ImageRejected(
          RejectReason.TOO_MANY_PIXELS,
          width + "x" + height + " pixels, images.max-pixels is " + limits.maxPixels());
    }
    if (Math.max(width, height) > limits.maxSide()) {
      throw new ImageRejected(
          RejectReason.TOO_LONG_SIDE,
          width + "x" + height + " pixels, images.max-side is " + limits.maxSide());
    }
  }
}
