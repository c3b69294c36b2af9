package io.kohaku.image.decode;

import io.kohaku.image.header.FirstFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Makes a still WebP of the first frame alone, which OpenCV can decode whatever the file's flags
 * say.
 */
final class WebpStill {
  private static final int ALPHA_FLAG = 0x10;
  private static final int EXTENDED = 18;

  private WebpStill() {}

  static byte[] of(byte[] file, FirstFrame frame) {
    boolean alpha = frame.parts().size() > 1;
    int head = 4 + (alpha ? EXTENDED : 0);
    int chunks = frame.parts().stream().mapToInt(part -> even(part.length())).sum();
    ByteBuffer out = ByteBuffer.allocate(8 + head + chunks).order(ByteOrder.LITTLE_ENDIAN);
    letters(out, "RIFF").putInt(head + chunks);
    letters(out, "WEBP");
    if (alpha) {
      letters(out, "VP8X").putInt(10).putInt(ALPHA_FLAG);
      threeBytes(out, frame.width() - 1);
      threeBytes(out, frame.height() - 1);
    }
    for (FirstFrame.Span part : frame.parts()) {
      out.put(file, part.from(), part.length());
      out.position(even(out.position()));
    }
    return out.array();
  }

  private static int even(int length) {
    return length + (length & 1);
  }

  private static ByteBuffer letters(ByteBuffer out, String text) {
    return out.put(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void threeBytes(ByteBuffer out, int value) {
    out.putShort((short) value).put((byte) (value >> 16));
  }
}
