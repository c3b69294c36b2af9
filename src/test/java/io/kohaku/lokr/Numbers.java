package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;

/** Comparisons of float32 tensors. */
public final class Numbers {
  private Numbers() {}

  /** Largest difference over the largest expected magnitude. */
  public static double difference(NDArray actual, NDArray expected) {
    assertThat(actual.getShape()).isEqualTo(expected.getShape());
    float[] a = actual.toFloatArray();
    float[] e = expected.toFloatArray();
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < e.length; i++) {
      assertThat(Float.isFinite(a[i])).isTrue();
      largest = Math.max(largest, Math.abs(e[i]));
      difference = Math.max(difference, Math.abs(a[i] - e[i]));
    }
    return largest == 0 ? difference : difference / largest;
  }
}
