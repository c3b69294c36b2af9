package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.shape.ParameterSpec;

/** What trainable tensors hold when they are made. */
@FunctionalInterface
public interface ParameterValues {
  /** The values of one tensor, float32, of its shape, on the device of {@code scope}. */
  NDArray values(NDManager scope, AdaptedModule module, ParameterSpec parameter);
}
