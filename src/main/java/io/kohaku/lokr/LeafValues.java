package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.shape.Leaf;

/** What trainable tensors hold when they are made. */
@FunctionalInterface
public interface LeafValues {
  /** The values of one tensor, float32, of its shape, on the device of {@code scope}. */
  NDArray values(NDManager scope, LokrLayer layer, Leaf leaf);
}
