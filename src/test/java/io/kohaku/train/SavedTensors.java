package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.file.SafeTensors;
import java.nio.file.Path;
import java.util.Arrays;

/** Compares tensor files. */
final class SavedTensors {
  private SavedTensors() {}

  /** The largest difference between equal-named values; not a number if any of them is. */
  static double distance(Path one, Path other) {
    double largest = 0;
    try (SafeTensors first = SafeTensors.open(one);
        SafeTensors second = SafeTensors.open(other);
        NDManager manager = Natives.manager(Device.cpu())) {
      assertThat(first.tensors().keySet()).isNotEmpty().isEqualTo(second.tensors().keySet());
      for (String name : first.tensors().keySet()) {
        float[] a = first.read(manager, name, Dtype.F32).toFloatArray();
        float[] b = second.read(manager, name, Dtype.F32).toFloatArray();
        assertThat(a).hasSameSizeAs(b);
        for (int i = 0; i < a.length; i++) {
          largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
      }
    }
    return largest;
  }

  /** Whether all numbers are such that float16 has them. */
  static boolean ofHalf(Path file) {
    try (SafeTensors tensors = SafeTensors.open(file);
        NDManager manager = Natives.manager(Device.cpu())) {
      return tensors.tensors().keySet().stream()
          .filter(name -> !name.endsWith(".alpha"))
          .allMatch(
              name ->
                  Arrays.equals(
                      tensors.read(manager, name, Dtype.F32).toFloatArray(),
                      tensors
                          .read(manager, name, Dtype.F16)
                          .toType(DataType.FLOAT32, false)
                          .toFloatArray()));
    }
  }
}
