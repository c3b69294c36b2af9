package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.settings.ImageSettings;

/** Walks a GIF's blocks: its screen, its first frame, the number of frames, and its end. */
final class GifHeader {
  private static final int TRAILER = 0x3B;
  private static final int IMAGE = 0x2C;
  private static final int EXTENSION = 0x21;

  private GifHeader() {}

  static ImageHeader read(ByteReader in, ImageSettings limits) throws ImageRejected {
    int width = in.u16Little(6);
    int height = in.u16Little(8);
    ImageHeader.requireSize(width, height, limits);
    int frames = 0;
    int at = 13 + colourTable(in.u8(10));
    while (at < in.length() && in.u8(at) != TRAILER) { // Many writers leave the trailer out.
      int block = in.u8(at);
      if (block == IMAGE) {
        frames++;
        if (frames == 1) { // The one that is decoded; it may reach beyond the screen.
          width = Math.max(width, in.u16Little(at + 1) + in.u16Little(at + 5));
          height = Math.max(height, in.u16Little(at + 3) + in.u16Little(at + 7));
          ImageHeader.requireSize(width, height, limits);
        }
        at = afterSubBlocks(in, at + 11 + colourTable(in.u8(at + 9)));
      } else if (block == EXTENSION) {
        at = afterSubBlocks(in, at + 2);
      } else {
        throw new ImageRejected(
            RejectReason.UNDECODABLE, "unknown GIF block " + in.hex(at, 1) + " at byte " + at);
      }
    }
    return new ImageHeader(ImageFormat.GIF, width, height, frames, ExifBlock.NONE);
  }

  private static int colourTable(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1;
  }

  private static int afterSubBlocks(ByteReader in, int from) throws ImageRejected {
    int at = from;
    for (int length = in.u8(at); length != 0; length = in.u8(at)) {
      at += length + 1;
    }
    return at + 1;
  }
}
