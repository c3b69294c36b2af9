package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDArray;

/**
 * One trainable tensor.
 *
 * @param name its name in checkpoints
 * @param tensor a float32 or float16 leaf, updated in place
 */
public record Parameter(String name, NDArray tensor) {
  /** Number of elements. */
  long elements() {
    return tensor.getShape().size();
  }
}
