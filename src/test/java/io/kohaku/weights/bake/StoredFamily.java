package io.kohaku.weights.bake;

import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;

/** Layers of several kinds put into a file, and what they add to a weight, written out in Java. */
final class StoredFamily {
  static final int RANK = 3;

  private StoredFamily() {}

  /** LoRA's matrices under these endings; [out, columns] of up · down. */
  static double[] lora(
      TestFile file, String layer, String[] endings, Dtype dtype, long out, long... in) {
    long[] up = in.length == 1 ? new long[] {out, RANK} : new long[] {out, RANK, 1, 1};
    long[] down = new long[in.length + 1];
    down[0] = RANK;
    System.arraycopy(in, 0, down, 1, in.length);
    float[] a = put(file, layer + endings[0], dtype, up);
    float[] b = put(file, layer + endings[1], dtype, down);
    return product(a, b, RANK);
  }

  /** Rows of {@code a}, [rows, inner], times columns of {@code b}, [inner, columns]. */
  static double[] product(float[] a, float[] b, int inner) {
    int rows = a.length / inner;
    int columns = b.length / inner;
    double[] c = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int r = 0; r < inner; r++) {
        for (int j = 0; j < columns; j++) {
          c[i * columns + j] += (double) a[i * inner + r] * b[r * columns + j];
        }
      }
    }
    return c;
  }

  /**
   * {@code Σ core[i, j, …] left[i, k] right[j, n]}, [k, n, …], of sides [rank, out], [rank, in].
   */
  static double[] core(float[] core, float[] left, float[] right, int rank) {
    int out = left.length / rank;
    int in = right.length / rank;
    int kernel = core.length / rank / rank;
    double[] all = new double[out * in * kernel];
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j < rank; j++) {
        for (int k = 0; k < out; k++) {
          for (int n = 0; n < in; n++) {
            double sides = (double) left[i * out + k] * right[j * in + n];
            for (int h = 0; h < kernel; h++) {
              all[(k * in + n) * kernel + h] += core[(i * rank + j) * kernel + h] * sides;
            }
          }
        }
      }
    }
    return all;
  }

  /**
   * Puts a tensor whose numbers follow from its name: multiples of 1/64 with few digits, the same
   * in every number format.
   */
  static float[] put(TestFile file, String name, Dtype dtype, long... shape) {
    float[] values = TestFile.block(name, shape);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round(values[i] * 640) / 64f;
    }
    file.put(name, dtype, shape, values);
    return values;
  }

  /** {@code weight + factor · change}, the change from element {@code first} on. */
  static double[] sum(float[] weight, int first, double factor, double[] change) {
    double[] sum = new double[weight.length];
    for (int i = 0; i < weight.length; i++) {
      boolean inside = i >= first && i < first + change.length;
      sum[i] = weight[i] + (inside ? factor * change[i - first] : 0);
    }
    return sum;
  }
}
