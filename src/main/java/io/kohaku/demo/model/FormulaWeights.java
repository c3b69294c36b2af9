package io.kohaku.demo.model;

import java.nio.charset.StandardCharsets;

/**
 * Weights that follow from a tensor's name: FNV-1a 64 of the key seeds a splitmix64 stream whose
 * {@code i}-th output gives {@code v_i}, uniform in [-1, 1).
 *
 * <p>Biases are {@code 0.1 v}, vectors (norm gains) {@code 1 + 0.1 v}, and everything with two or
 * more dimensions {@code v sqrt(3 / fan_in)}, {@code fan_in} the product of all dimensions but the
 * first; computed in double, stored as float.
 */
public final class FormulaWeights {
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private FormulaWeights() {}

  /** The elements of the tensor {@code key} of shape {@code shape}, row by row. */
  public static float[] values(String key, long... shape) {
    long count = 1;
    long fanIn = 1;
    for (int i = 0; i < shape.length; i++) {
      count *= shape[i];
      fanIn *= i == 0 ? 1 : shape[i];
    }
    boolean gain = shape.length == 1 && !key.endsWith("bias");
    double scale = key.endsWith("bias") || gain ? 0.1 : Math.sqrt(3.0 / fanIn);
    return stream(key, Math.toIntExact(count), gain ? 1 : 0, scale);
  }

  /**
   * Data of about unit variance, {@code v sqrt(3)}: what stands in for latents, noise and images.
   */
  public static float[] data(String key, int count) {
    return stream(key, count, 0, Math.sqrt(3.0));
  }

  private static float[] stream(String key, int count, double mean, double scale) {
    float[] values = new float[count];
    long state = hash(key);
    for (int i = 0; i < count; i++) {
      state += GAMMA;
      double unit = (mix(state) >>> 40) / 0x1p24;
      values[i] = (float) (mean + (2 * unit - 1) * scale);
    }
    return values;
  }

  private static long hash(String key) {
    long hash = OFFSET_BASIS;
    for (byte octet : key.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (octet & 0xff)) * PRIME;
    }
    return hash;
  }

  private static long mix(long state) {
    long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
