package io.kohaku.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.opencv.imgcodecs.Imgcodecs;

/** Small files with several frames. */
public final class AnimatedFiles {
  private AnimatedFiles() {}

  /** Frames that are all of their canvas. */
  public static byte[] webp(int frames) {
    return webp(frames, 24, 16, 0, 0);
  }

  /** Frames of 24x16 pixels, lossless and opaque, at an even place of a canvas. */
  public static byte[] webp(int frames, int width, int height, int left, int top) {
    byte[] still =
        OddFiles.opencv(".webp", OddFiles.bgr(24, 16), Imgcodecs.IMWRITE_WEBP_QUALITY, 101);
    int chunk = still.length - 12;
    int frame = 8 + 16 + chunk;
    ByteBuffer out = ByteBuffer.allocate(12 + 18 + 14 + frames * frame);
    out.order(ByteOrder.LITTLE_ENDIAN);
    OddFiles.letters(out, "RIFF").putInt(out.capacity() - 8);
    OddFiles.letters(OddFiles.letters(out, "WEBP"), "VP8X").putInt(10).putInt(2);
    out.putShort((short) (width - 1)).put((byte) 0).putShort((short) (height - 1)).put((byte) 0);
    OddFiles.letters(out, "ANIM").putInt(6).putInt(0).putShort((short) 0);
    for (int i = 0; i < frames; i++) {
      OddFiles.letters(out, "ANMF").putInt(16 + chunk);
      out.putShort((short) (left / 2)).put((byte) 0).putShort((short) (top / 2)).put((byte) 0);
      out.putShort((short) 23).put((byte) 0).putShort((short) 15).put((byte) 0).putInt(100);
      out.put(still, 12, chunk);
    }
    return out.array();
  }

  static byte[] gif() {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.prepareWriteSequence(null);
      writer.writeToSequence(new IIOImage(Pictures.picture(24, 16, 1), null, null), null);
      writer.writeToSequence(new IIOImage(Pictures.picture(24, 16, 9), null, null), null);
      writer.endWriteSequence();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    writer.dispose();
    return out.toByteArray();
  }

  /** A PNG whose animation control chunk announces two frames. */
  static byte[] png() {
    byte[] data = ByteBuffer.allocate(8).putInt(2).putInt(0).array();
    return OddFiles.insert(Pictures.png(24, 16, 1), 33, OddFiles.chunk("acTL", data));
  }
}
