package io.kohaku.lokr.shape;

import ai.djl.ndarray.types.Shape;

/**
 * One trainable tensor of an adapted module.
 *
 * @param tensor which one
 * @param shape its shape
 * @param start what it holds before the first step
 */
public record ParameterSpec(AdapterTensor tensor, Shape shape, Start start) {

  /** What a trainable tensor holds before the first step. */
  public enum Start {
    /**
     * Uniform in {@code ±1/sqrt(fan_in)}, fan_in the product of all dimensions but the first
     * (Kaiming, a = sqrt 5).
     */
    UNIFORM,
    /** Zeros, so that the delta starts at zero. */
    ZERO,
    /** L2 norms of the base weight's rows or columns. */
    MAGNITUDE
  }

  /** Its name within the module. */
  public String suffix() {
    return tensor.suffix();
  }

  /** Number of elements. */
  public long size() {
    return shape.size();
  }

  public double bound() {
    return 1 / Math.sqrt((double) shape.size() / shape.get(0));
  }
}
