package io.kohaku.image;

/** Walks a JPEG's segments: its size, its channels, its EXIF, and whether it reaches its end. */
final class JpegHeader {
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;

  private JpegHeader() {}

  static ImageHeader read(ByteReader in) throws ImageRejected {
    ImageHeader header = null;
    ExifBlock exif = ExifBlock.NONE;
    int at = 2;
    while (true) {
      int marker = in.u8(at + 1);
      if (in.u8(at) != 0xFF) {
        throw new ImageRejected(
            RejectReason.UNDECODABLE, "no JPEG marker at byte " + at + " but " + in.hex(at, 2));
      }
      if (marker == 0xFF) { // Fill byte.
        at++;
        continue;
      }
      if (marker == END_OF_IMAGE) {
        break;
      }
      int length = hasLength(marker) ? in.u16Big(at + 2) : 0;
      in.require(at + 2, length);
      if (isStartOfFrame(marker)) {
        header = frame(in, at);
      } else if (marker == 0xE1 && in.startsWith(at + 4, 'E', 'x', 'i', 'f', 0)) {
        exif = new ExifBlock(at + 10, Math.max(0, length - 8));
      }
      at += 2 + length;
      if (marker == START_OF_SCAN) {
        at = endOfScan(in, at);
      }
    }
    if (header == null) {
      throw new ImageRejected(RejectReason.UNDECODABLE, "a JPEG without a frame header");
    }
    return new ImageHeader(
        ImageFormat.JPEG, header.width(), header.height(), 1, header.channels(), exif);
  }

  private static ImageHeader frame(ByteReader in, int at) throws ImageRejected {
    int height = in.u16Big(at + 5);
    int width = in.u16Big(at + 7);
    return new ImageHeader(ImageFormat.JPEG, width, height, 1, in.u8(at + 9), ExifBlock.NONE);
  }

  /** The next marker that is neither a stuffed FF 00 nor a restart marker. */
  private static int endOfScan(ByteReader in, int from) throws ImageRejected {
    byte[] bytes = in.bytes();
    for (int at = from; at + 1 < bytes.length; at++) {
      if (bytes[at] == (byte) 0xFF) {
        int next = bytes[at + 1] & 0xFF;
        if (next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) {
          return at;
        }
      }
    }
    throw new ImageRejected(
        RejectReason.TRUNCATED, "the file ends at byte " + bytes.length + " inside JPEG data");
  }

  private static boolean hasLength(int marker) {
    return marker != 0x01 && (marker < 0xD0 || marker > 0xD8);
  }

  private static boolean isStartOfFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }
}
