package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.settings.ImageSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks a WebP's chunks: its canvas, its first frame, the number of frames, its EXIF, and whether
 * it is whole.
 *
 * <p>Of the flags of its header only the one of the EXIF data is believed, which libwebp, and so
 * browsers and Pillow, pass over without it; alpha and animation are what the chunks are.
 */
final class WebpHeader {
  private static final int EXIF_FLAG = 8;
  private static final int FRAME_HEADER = 16;

  private final ByteReader in;
  private final ImageSettings limits;
  private final List<FirstFrame.Span> parts = new ArrayList<>();
  private int flags;
  private int width;
  private int height;
  private int frames;
  private boolean animated;
  private FirstFrame frame;
  private ExifBlock exif = ExifBlock.NONE;

  private WebpHeader(ByteReader in, ImageSettings limits) {
    this.in = in;
    this.limits = limits;
  }

  static ImageHeader read(ByteReader in, ImageSettings limits) throws ImageRejected {
    return new WebpHeader(in, limits).read();
  }

  private ImageHeader read() throws ImageRejected {
    long end = 8 + in.u32Little(4);
    int at = 12;
    while (at + 8 <= end) {
      takeChunk(at);
      at = behind(at);
    }
    in.require(0, end);
    if (frame == null) {
      throw new ImageRejected(RejectReason.UNDECODABLE, "a WebP without a frame");
    }
    requirePlace();
    return new ImageHeader(ImageFormat.WEBP, width, height, frames, exif, frame);
  }

  private void takeChunk(int at) throws ImageRejected {
    int data = at + 8;
    switch (in.fourLetters(at)) {
      case "VP8X" -> {
        if (at == 12) {
          flags = in.u8(data);
          width = 1 + in.u24Little(data + 4);
          height = 1 + in.u24Little(data + 7);
          ImageHeader.requireSize(width, height, limits);
        }
      }
      case "ALPH", "VP8 ", "VP8L" -> takeImage(at, 0, 0);
      case "ANMF" -> takeFrame(at);
      case "EXIF" -> {
        if ((flags & EXIF_FLAG) != 0 && exif.equals(ExifBlock.NONE)) {
          in.require(data, in.u32Little(at + 4));
          exif = ExifBlock.of(in, data, (int) in.u32Little(at + 4));
        }
      }
      default -> {
        // Not needed before decoding.
      }
    }
  }

  /** Takes a frame of an animation, of whose chunks those behind its image are not needed. */
  private void takeFrame(int at) throws ImageRejected {
    if (frame != null) {
      frames++;
      return;
    }
    animated = true;
    int end = behind(at);
    int data = at + 8;
    for (int chunk = data + FRAME_HEADER; frame == null && chunk + 8 <= end; ) {
      takeImage(chunk, 2 * in.u24Little(data), 2 * in.u24Little(data + 3));
      chunk = behind(chunk);
    }
    boolean same =
        frame != null
            && frame.width() == 1 + in.u24Little(data + 6)
            && frame.height() == 1 + in.u24Little(data + 9);
    if (!same || behind(parts.get(parts.size() - 1).from()) > end) {
      throw new ImageRejected(
          RejectReason.UNDECODABLE, "the WebP frame at byte " + at + " is not what it says");
    }
  }

  /** Takes what may be a part of the first frame's image: its alpha, or its colours. */
  private void takeImage(int at, int left, int top) throws ImageRejected {
    String type = in.fourLetters(at);
    if (type.equals("ALPH") && frame == null) {
      parts.clear();
      parts.add(new FirstFrame.Span(at, Math.min(behind(at), in.length())));
    } else if (type.equals("VP8 ") || type.equals("VP8L")) {
      frames++;
      int[] size = type.equals("VP8 ") ? lossy(at + 8) : lossless(at + 8);
      ImageHeader.requireSize(size[0], size[1], limits);
      if (frame == null) {
        parts.add(new FirstFrame.Span(at, Math.min(behind(at), in.length())));
        frame = new FirstFrame(left, top, size[0], size[1], parts);
      }
    }
  }

  /** The frame must lie on the canvas, and a still be all of it. */
  private void requirePlace() throws ImageRejected {
    if (width == 0) {
      width = frame.left() + frame.width();
      height = frame.top() + frame.height();
    }
    ImageHeader.requireSize(width, height, limits);
    boolean inside =
        frame.left() + frame.width() <= width && frame.top() + frame.height() <= height;
    if (animated ? !inside : !frame.covers(width, height)) {
      throw new ImageRejected(
          RejectReason.UNDECODABLE,
          "a frame of %sx%s pixels at %s,%s does not fit the WebP's canvas of %sx%s"
              .formatted(frame.width(), frame.height(), frame.left(), frame.top(), width, height));
    }
  }

  private int behind(int at) throws ImageRejected {
    long length = in.u32Little(at + 4);
    in.require(at + 8, length);
    return at + 8 + (int) (length + (length & 1));
  }

  private int[] lossy(int data) throws ImageRejected {
    return new int[] {in.u16Little(data + 6) & 0x3FFF, in.u16Little(data + 8) & 0x3FFF};
  }

  private int[] lossless(int data) throws ImageRejected {
    long bits = in.u32Little(data + 1);
    return new int[] {(int) (bits & 0x3FFF) + 1, (int) (bits >> 14 & 0x3FFF) + 1};
  }
}
