package io.kohaku.tensor.file;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.script.TorchScript;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Tensors in memory as tensors to be written. */
public final class ArraySource {
  private static final long PART = 64L << 20;

  private ArraySource() {}

  /** The tensor {@code array} of any device, converted to {@code dtype} while it is written. */
  public static TensorSource of(String name, Dtype dtype, NDArray array) {
    return new TensorSource(
        name, dtype, array.getShape().getShape(), out -> write(array, dtype, out));
  }

  private static void write(NDArray array, Dtype dtype, WritableByteChannel out)
      throws IOException {
    TorchScript kernels = MappedTensors.kernels();
    try (NDManager manager = Natives.manager(Device.cpu());
        NDArray flat = kernels.tensor(manager, "flat_of", array, dtype)) {
      long count = flat.getShape().size();
      long part = PART * 8 / dtype.bits();
      for (long at = 0; at < count; at += part) {
        try (NDArray bytes = kernels.tensor(manager, "raw", flat, at, Math.min(part, count - at))) {
          TensorSource.writeFully(bytes.toByteBuffer(true), out);
        }
      }
    }
  }
}
