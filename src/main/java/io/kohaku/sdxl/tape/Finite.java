package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/** Whether tensors hold numbers. */
public final class Finite {
  private Finite() {}

  /** Whether each number of a tensor is one: no infinity and no NaN. */
  public static boolean all(NDArray tensor) {
    try (NDArray sizes = tensor.abs();
        NDArray largest = sizes.max();
        NDArray single = largest.toType(DataType.FLOAT32, true)) {
      return Float.isFinite(single.getFloat());
    }
  }
}
