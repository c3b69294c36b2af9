package io.kohaku.gpu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.script.TorchScript;

/**
 * How far tensors are from what they should be.
 *
 * @param largest difference of two elements
 * @param size root mean square of what should be
 */
record Differences(double largest, double size) {
  private static final TorchScript KERNELS = TorchScript.shared(Differences.class, "kit.torch");

  static Differences of(NDManager scope, NDArray actual, NDArray expected) {
    NDList both = KERNELS.tensors(scope, "difference", actual, expected);
    return new Differences(both.get(0).toFloatArray()[0], both.get(1).toFloatArray()[0]);
  }

  /** The largest difference, measured by the size; not a number if one of either is not. */
  double relative() {
    return largest / size;
  }
}
