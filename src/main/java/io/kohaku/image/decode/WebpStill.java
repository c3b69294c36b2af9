package io.kohaku.image.decode;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.header.ByteReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Takes the first frame out of an animated WebP as a still WebP of its own, which OpenCV can
 * decode; other files stay as they are.
 */
final class WebpStill {
  private static final int FRAME_HEADER = 16;
  private static final int ALPHA_FLAG = 0x10;

  private WebpStill() {}

  static byte[] of(byte[] file) throws ImageRejected {
    ByteReader in = new ByteReader(file);
    long end = 8 + in.u32Little(4);
    for (long at = 12; at + 8 <= end; ) {
      long length = in.u32Little((int) at + 4);
      if (in.fourLetters((int) at).equals("ANMF")) {
        in.require(at, 8 + length);
        return still(in, (int) at + 8, (int) length);
      }
      at += 8 + length + (length & 1);
    }
    return file;
  }

  private static byte[] still(ByteReader in, int frame, int length) throws ImageRejected {
    int chunks = length - FRAME_HEADER;
    boolean alpha = in.startsWith(frame + FRAME_HEADER, 'A', 'L', 'P', 'H');
    int canvas = alpha ? 18 : 0;
    ByteBuffer out = ByteBuffer.allocate(12 + canvas + chunks).order(ByteOrder.LITTLE_ENDIAN);
    out.put("RIFF".getBytes(StandardCharsets.US_ASCII));
    out.putInt(4 + canvas + chunks);
    out.put("WEBP".getBytes(StandardCharsets.US_ASCII));
    if (alpha) {
      out.put("VP8X".getBytes(StandardCharsets.US_ASCII));
      out.putInt(10).putInt(ALPHA_FLAG);
      out.put(in.bytes(), frame + 6, 6); // Width and height less one, 24 bits each.
    }
    out.put(in.bytes(), frame + FRAME_HEADER, chunks);
    return out.array();
  }
}
