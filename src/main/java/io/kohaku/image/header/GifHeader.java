package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.settings.ImageSettings;
import java.util.List;

/** Walks a GIF's blocks: its screen, its first frame, the number of frames, and its end. */
final class GifHeader {
  /** Where the blocks begin, or the colour table where there is one. */
  private static final int SCREEN_END = 13;

  private static final int TRAILER = 0x3B;
  private static final int IMAGE = 0x2C;
  private static final int EXTENSION = 0x21;
  private static final int CONTROL = 0xF9;
  private static final int CONTROL_SIZE = 4;
  private static final int DESCRIPTOR = 10;
  private static final int TABLE_FLAG = 0x80;

  private final ByteReader in;
  private final ImageSettings limits;
  private int width;
  private int height;
  private int control = -1;
  private int frames;
  private FirstFrame frame;

  private GifHeader(ByteReader in, ImageSettings limits) throws ImageRejected {
    this.in = in;
    this.limits = limits;
    this.width = in.u16Little(6);
    this.height = in.u16Little(8);
  }

  static ImageHeader read(ByteReader in, ImageSettings limits) throws ImageRejected {
    return new GifHeader(in, limits).read();
  }

  private ImageHeader read() throws ImageRejected {
    if (width > 0 && height > 0) {
      ImageHeader.requireSize(width, height, limits);
    }
    int at = SCREEN_END + colourTable(in.u8(10));
    while (at < in.length() && !isEnd(at)) { // Many writers leave the trailer out.
      at = behindBlock(at);
    }
    if (frame == null) {
      throw new ImageRejected(RejectReason.UNDECODABLE, "a GIF without a frame");
    }
    return new ImageHeader(ImageFormat.GIF, width, height, frames, ExifBlock.NONE, frame);
  }

  /** Behind a frame all that is no block is the end, as in browsers. */
  private boolean isEnd(int at) throws ImageRejected {
    int block = in.u8(at);
    boolean known = block == 0 || block == IMAGE || block == EXTENSION;
    return block == TRAILER || frames > 0 && !known;
  }

  private int behindBlock(int at) throws ImageRejected {
    int block = in.u8(at);
    if (block == 0) {
      return at + 1; // A block's end that was written twice.
    } else if (block == IMAGE) {
      frames++;
      int end = behindSubBlocks(behindDescriptor(at) + 1);
      if (frames == 1) {
        frame = frame(at, end);
      }
      return end;
    } else if (block == EXTENSION) {
      if (frames == 0 && in.u8(at + 1) == CONTROL) {
        takeControl(at);
      }
      return behindSubBlocks(at + 2);
    }
    throw new ImageRejected(
        RejectReason.UNDECODABLE, "unknown GIF block " + in.hex(at, 1) + " at byte " + at);
  }

  private void takeControl(int at) throws ImageRejected {
    if (in.u8(at + 2) != CONTROL_SIZE || in.u8(at + 7) != 0) {
      throw new ImageRejected(
          RejectReason.UNDECODABLE, "the GIF control block at byte " + at + " is not of 4 bytes");
    }
    control = at;
  }

  private int behindDescriptor(int at) throws ImageRejected {
    if (frames == 1) { // The one that is decoded; it may reach beyond the screen.
      width = Math.max(width, in.u16Little(at + 1) + in.u16Little(at + 5));
      height = Math.max(height, in.u16Little(at + 3) + in.u16Little(at + 7));
      ImageHeader.requireSize(width, height, limits);
      if (((in.u8(at + 9) | in.u8(10)) & TABLE_FLAG) == 0) {
        throw new ImageRejected(RejectReason.UNDECODABLE, "a GIF without a colour table");
      }
    }
    return at + DESCRIPTOR + colourTable(in.u8(at + 9));
  }

  /** Its parts are the control block or nothing, the descriptor, its colour table, its data. */
  private FirstFrame frame(int at, int end) throws ImageRejected {
    int own = colourTable(in.u8(at + 9));
    int data = at + DESCRIPTOR + own;
    int table = own > 0 ? at + DESCRIPTOR : SCREEN_END;
    int tableEnd = table + (own > 0 ? own : colourTable(in.u8(10)));
    return new FirstFrame(
        in.u16Little(at + 1),
        in.u16Little(at + 3),
        in.u16Little(at + 5),
        in.u16Little(at + 7),
        List.of(
            control < 0 ? new FirstFrame.Span(0, 0) : new FirstFrame.Span(control, control + 8),
            new FirstFrame.Span(at, at + DESCRIPTOR),
            new FirstFrame.Span(table, tableEnd),
            new FirstFrame.Span(data, end)));
  }

  private static int colourTable(int flags) {
    return (flags & TABLE_FLAG) == 0 ? 0 : 3 << (flags & 7) + 1;
  }

  private int behindSubBlocks(int from) throws ImageRejected {
    int at = from;
    for (int length = in.u8(at); length != 0; length = in.u8(at)) {
      at += length + 1;
    }
    return at + 1;
  }
}
