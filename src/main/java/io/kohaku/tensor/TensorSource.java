package io.kohaku.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
  private static final long PART = 64L << 20;

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

  /** The tensor {@code array} of any device, converted to {@code dtype} while it is written. */
  public static TensorSource of(String name, Dtype dtype, NDArray array) {
    return new TensorSource(
        name, dtype, array.getShape().getShape(), out -> writeArray(array, dtype, out));
  }

  /** A small tensor given as its bytes. */
  public static TensorSource of(String name, Dtype dtype, long[] shape, byte[] bytes) {
    return new TensorSource(name, dtype, shape, out -> writeFully(ByteBuffer.wrap(bytes), out));
  }

  /** A tensor of another file, byte for byte, under the name {@code name}. */
  public static TensorSource of(String name, SafeTensors file, String source) {
    TensorInfo info = file.info(source);
    return new TensorSource(
        name,
        info.dtype(),
        info.shape(),
        out -> {
          for (long at = 0; at < info.size(); at += PART) {
            writeFully(file.bytes(source, at, Math.min(PART, info.size() - at)), out);
          }
        });
  }

  /** Bytes in the file. */
  long size() {
    return dtype.bytes(TensorInfo.elements(shape));
  }

  private static void writeArray(NDArray array, Dtype dtype, WritableByteChannel out)
      throws IOException {
    TorchScript kernels = MappedTensors.kernels();
    try (NDManager manager = Natives.manager(Device.cpu());
        NDArray flat = kernels.tensor(manager, "flat_of", array, dtype)) {
      long count = flat.getShape().size();
      long part = PART * 8 / dtype.bits();
      for (long at = 0; at < count; at += part) {
        try (NDArray bytes = kernels.tensor(manager, "raw", flat, at, Math.min(part, count - at))) {
          writeFully(bytes.toByteBuffer(true), out);
        }
      }
    }
  }

  private static void writeFully(ByteBuffer bytes, WritableByteChannel out) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
