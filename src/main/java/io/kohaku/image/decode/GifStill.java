package io.kohaku.image.decode;

import io.kohaku.image.header.FirstFrame.Span;
import io.kohaku.image.header.ImageHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Makes a GIF of the first frame alone, so that ImageIO does not stumble over what lies around it.
 *
 * <p>Its screen holds the frame, and its colour table is filled up with black to 256, because
 * ImageIO takes places beyond a smaller one for others.
 */
final class GifStill {
  private static final int SCREEN = 13;
  private static final int TABLE = 3 * 256;
  private static final int FLAGS = 9;
  private static final int INTERLACED = 0x40;
  private static final int WHOLE_TABLE = 0x87;
  private static final byte TRAILER = 0x3B;

  private GifStill() {}

  static byte[] of(byte[] file, ImageHeader header) {
    Span control = header.frame().parts().get(0);
    Span descriptor = header.frame().parts().get(1);
    Span table = header.frame().parts().get(2);
    Span data = header.frame().parts().get(3);
    int length = SCREEN + control.length() + descriptor.length() + TABLE + data.length() + 1;
    ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    out.put("GIF89a".getBytes(StandardCharsets.US_ASCII));
    out.putShort((short) header.width()).putShort((short) header.height()).position(SCREEN);
    out.put(file, control.from(), control.length());
    out.put(file, descriptor.from(), FLAGS);
    out.put((byte) (file[descriptor.from() + FLAGS] & INTERLACED | WHOLE_TABLE));
    int colours = out.position();
    out.put(file, table.from(), table.length()).position(colours + TABLE);
    out.put(file, data.from(), data.length());
    return out.put(TRAILER).array();
  }
}
