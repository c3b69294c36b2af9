package io.kohaku.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A tensor to be written into a safetensors file, whose bytes are produced only when their turn
 * comes.
 *
 * @param name its name
 * @param dtype its element type in the file
 * @param shape its dimensions
 * @param content writes exactly its bytes, row-major and little-endian
 */
public record TensorSource(String name, Dtype dtype, long[] shape, Content content) {
  /** Writes the bytes of a tensor. */
  @FunctionalInterface
  public interface Content {
    /** Writes all bytes into {@code out}. */
    void writeTo(WritableByteChannel out) throws IOException;
  }

  /** Copies the shape. */
  public TensorSource {
    shape = shape.clone();
  }

  /** A small tensor given as its bytes. */
  public static TensorSource of(String name, Dtype dtype, long[] shape, byte[] bytes) {
    return new TensorSource(name, dtype, shape, out -> writeFully(ByteBuffer.wrap(bytes), out));
  }

  /** Bytes in the file. */
  public long size() {
    return dtype.bytes(TensorInfo.elements(shape));
  }

  /** Writes all that remains of {@code bytes}. */
  public static void writeFully(ByteBuffer bytes, WritableByteChannel out) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
