package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.settings.ImageSettings;

/** Walks a JPEG's segments: its size, its channels, its EXIF, and whether it reaches its end. */
final class JpegHeader {
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int EXIF = 0xE1;

  private final ByteReader in;
  private final ImageSettings limits;
  private final JpegScans scans = new JpegScans();
  private ExifBlock exif = ExifBlock.NONE;
  private int frame = -1;
  private boolean scanned;

  private JpegHeader(ByteReader in, ImageSettings limits) {
    this.in = in;
    this.limits = limits;
  }

  static ImageHeader read(ByteReader in, ImageSettings limits) throws ImageRejected {
    return new JpegHeader(in, limits).read();
  }

  private ImageHeader read() throws ImageRejected {
    int at = nextMarker(2);
    while (in.u8(at + 1) != END_OF_IMAGE) {
      at = nextMarker(behindSegment(at, in.u8(at + 1)));
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
        exif,
        FirstFrame.whole(in.u16Big(frame + 7), in.u16Big(frame + 5)));
  }

  /** Takes the segment at this byte and tells where it ends. */
  private int behindSegment(int at, int marker) throws ImageRejected {
    int length = hasLength(marker) ? Math.max(2, in.u16Big(at + 2)) : 0;
    in.require(at + 2, length);
    if (isStartOfFrame(marker)) {
      frame = at;
      scans.frame(in, at);
      ImageHeader.requireSize(in.u16Big(at + 7), in.u16Big(at + 5), limits);
    } else if (marker == EXIF && !scanned && in.startsWith(at + 4, 'E', 'x', 'i', 'f', 0)) {
      takeExif(at + 10, length - 8);
    } else if (marker == START_OF_SCAN) {
      scanned = true;
      scans.scan(in, at);
    }
    return at + 2 + length;
  }

  /** The first EXIF segment counts, as in browsers. */
  private void takeExif(int from, int length) {
    if (exif.equals(ExifBlock.NONE)) {
      exif = ExifBlock.of(in, from, length);
    }
  }

  /**
   * The next marker from this byte on. As libjpeg does, and so browsers: what lies before it is
   * passed over, be it filling, a scan's data with stuffed FF 00 and restart markers, or junk.
   */
  private int nextMarker(int from) throws ImageRejected {
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
    return marker != 0x01 && marker != 0xD8;
  }

  private static boolean isStartOfFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }
}
