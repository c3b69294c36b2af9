package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDArray;

/** A tensor on a {@link Tape}. */
public final class Value {
  private final NDArray array;
  private final boolean reachesLeaves;
  private NDArray gradient;

  Value(NDArray array, boolean reachesLeaves) {
    this.array = array;
    this.reachesLeaves = reachesLeaves;
  }

  /** The tensor. */
  public NDArray array() {
    return array;
  }

  /** Whether anything that collects gradients lies before it. */
  boolean reachesLeaves() {
    return reachesLeaves;
  }

  /** The gradient that the backward walk has brought here so far, or null. */
  NDArray gradient() {
    return gradient;
  }

  void gradient(NDArray gradient) {
    this.gradient = gradient;
  }
}
