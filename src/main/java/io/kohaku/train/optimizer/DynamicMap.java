package io.kohaku.train.optimizer;

import java.util.Arrays;

/**
 * The 256 values that one byte of momentum can stand for: dense around 0, sparse towards 1 (signed
 * dynamic map, "8-bit Optimizers via Block-wise Quantization", section 1.3).
 *
 * <p>For i = 0…6: 2^i values 10^(i−6)·(0.1 + 0.9·(j+½)/2^i) and their negatives, and 0 and 1; built
 * in float32 in the order of operations of bitsandbytes' {@code create_dynamic_map}, so that the
 * bits are the same.
 */
final class DynamicMap {
  private static final int EXPONENTS = 7;

  private DynamicMap() {}

  /** The values, ascending. */
  static float[] values() {
    float[] values = new float[256];
    int count = 0;
    for (int i = 0; i < EXPONENTS; i++) {
      float[] bounds = linspace(0.1, 1, (1 << i) + 1);
      float magnitude = (float) Math.pow(10, i - (EXPONENTS - 1));
      for (int j = 0; j < 1 << i; j++) {
        float mean = (bounds[j] + bounds[j + 1]) / 2;
        values[count++] = magnitude * mean;
        values[count++] = -magnitude * mean;
      }
    }
    values[count++] = 0;
    values[count++] = 1;
    Arrays.sort(values);
    return values;
  }

  /**
   * The largest number that still belongs to each value, infinity for the last: the middle between
   * two neighbours, which itself belongs to the one with the even index.
   */
  static float[] limits() {
    float[] values = values();
    float[] limits = new float[values.length];
    for (int k = 0; k < limits.length - 1; k++) {
      float middle = (values[k] + values[k + 1]) * 0.5f;
      limits[k] = k % 2 == 0 ? middle : Math.nextDown(middle);
    }
    limits[limits.length - 1] = Float.POSITIVE_INFINITY;
    return limits;
  }

  /**
   * For each value of the upper 16 bits of a float32, the lowest code of the numbers that begin
   * with them. At most one limit lies among these, so the code is this one or the next.
   */
  static int[] cells() {
    float[] limits = limits();
    int[] cells = new int[1 << 16];
    for (int upper = 0; upper < cells.length; upper++) {
      int bits = upper << 16;
      float smallest = Float.intBitsToFloat(bits < 0 ? bits | 0xffff : bits);
      cells[upper] = code(limits, smallest);
    }
    return cells;
  }

  /** The number of limits below {@code x}; the last code where {@code x} is not a number. */
  static int code(float[] limits, float x) {
    int place = Arrays.binarySearch(limits, x);
    return Math.min(place < 0 ? -place - 1 : place, limits.length - 1);
  }

  /** As torch: from both ends towards the middle, with one rounding. */
  private static float[] linspace(double from, double to, int count) {
    float first = (float) from;
    float last = (float) to;
    float step = (last - first) / (count - 1);
    float[] points = new float[count];
    for (int i = 0; i < count; i++) {
      points[i] = i < count / 2 ? Math.fma(step, i, first) : Math.fma(-step, count - 1 - i, last);
    }
    return points;
  }
}
