package io.kohaku.weights;

import io.kohaku.tensor.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Copies a tensor byte for byte. */
public final class RawCopy {
  private static final int PART = 8 << 20;

  private RawCopy() {}

  public static void write(RawTensors file, TensorInfo info, WritableByteChannel out)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.min(PART, info.size()));
    for (long at = 0; at < info.size(); at += PART) {
      bytes.clear().limit((int) Math.min(PART, info.size() - at));
      file.read(info.name(), at, bytes);
      bytes.flip();
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    }
  }
}
