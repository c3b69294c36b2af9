package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;

/** The formats that are told apart by their first bytes. */
public enum ImageFormat {
  JPEG,
  PNG,
  WEBP,
  GIF,
  BMP,
  AVIF;

  /** The format of these bytes. */
  static ImageFormat of(ByteReader in) throws ImageRejected {
    if (in.startsWith(0, 0xFF, 0xD8, 0xFF)) {
      return JPEG;
    }
    if (in.startsWith(0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
      return PNG;
    }
    if (in.startsWith(0, 'R', 'I', 'F', 'F') && in.startsWith(8, 'W', 'E', 'B', 'P')) {
      return WEBP;
    }
    if (in.startsWith(0, 'G', 'I', 'F', '8')) {
      return GIF;
    }
    if (in.startsWith(0, 'B', 'M')) {
      return BMP;
    }
    if (in.startsWith(4, 'f', 't', 'y', 'p', 'a', 'v', 'i')) {
      return AVIF;
    }
    throw new ImageRejected(
        RejectReason.UNKNOWN_FORMAT, "the file begins with " + in.hex(0, 8) + ", no image format");
  }
}
