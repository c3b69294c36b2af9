package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.settings.ImageSettings;

/** Walks a JPEG's segments: its size, its channels, its EXIF, and whether it reaches its end. */
final class JpegHeader {
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int FILL = 0xFF;
  private static final int EXIF = 0xE1;

  private final ByteReader in;
  private final ImageSettings limits;
  private final JpegScans scans = new JpegScans();
  private ExifBlock exif = ExifBlock.NONE;
  private int frame = -1;

  private JpegHeader(ByteReader in, ImageSettings limits) {
    this.in = in;
    this.limits = limits;
  }

  static ImageHeader read(ByteReader in, ImageSettings limits) throws ImageRejected {
    return new JpegHeader(in, limits).read();
  }

  private ImageHeader read() throws ImageRejected {
    int at = 2;
    for (int marker = marker(at); marker != END_OF_IMAGE; marker = marker(at)) {
      at = marker == FILL ? at + 1 : behindSegment(at, marker);
    }
    if (frame < 0) {
      throw new ImageRejected(RejectReason.UNDECODABLE, "a JPEG without a frame header");
    }
    return new ImageHeader(
        ImageFormat.JPEG,
        in.u16Big(frame + 7),
        in.u16Big(frame + 5),
        1,
        in.u8(frame + 9),
        scans.plain(),
        exif);
  }

  private int marker(int at) throws ImageRejected {
    int marker = in.u8(at + 1);
    if (in.u8(at) != 0xFF) {
      throw new ImageRejected(
          RejectReason.UNDECODABLE, "no JPEG marker at byte " + at + " but " + in.hex(at, 2));
    }
    return marker;
  }

  /** Takes the segment at this byte and tells where the next one begins. */
  private int behindSegment(int at, int marker) throws ImageRejected {
    int length = hasLength(marker) ? in.u16Big(at + 2) : 0;
    in.require(at + 2, length);
    if (isStartOfFrame(marker)) {
      frame = at;
      scans.frame(in, at);
      ImageHeader.requireSize(in.u16Big(at + 7), in.u16Big(at + 5), limits);
    } else if (marker == EXIF && in.startsWith(at + 4, 'E', 'x', 'i', 'f', 0)) {
      exif = new ExifBlock(at + 10, Math.max(0, length - 8));
    } else if (marker == START_OF_SCAN) {
      scans.scan(in, at);
      return endOfScan(at + 2 + length);
    }
    return at + 2 + length;
  }

  /** The next marker that is neither a stuffed FF 00 nor a restart marker. */
  private int endOfScan(int from) throws ImageRejected {
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
