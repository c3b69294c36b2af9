package io.kohaku.random;

import java.util.Collections;
import java.util.List;

/**
 * A stream of pseudo-random numbers that is a pure function of a purpose and keys.
 *
 * <p>SplitMix64 (Steele, Lea and Flood, 2014): the state walks in steps of the golden gamma and
 * each state is mixed to one output. The purpose's number and the keys are folded into the first
 * state one by one, each through the same mixer, so that keys 1, 2 and keys 2, 1 give unrelated
 * streams, as do the same keys for two purposes.
 */
public final class SeededStream {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  private SeededStream(long state) {
    this.state = state;
  }

  /** The stream of these keys, in this order, for this purpose and no other. */
  public static SeededStream of(Purpose purpose, long... keys) {
    return new SeededStream(seed(purpose, keys));
  }

  /** One 64-bit number that stands for purpose and keys, for generators that want a seed. */
  public static long seed(Purpose purpose, long... keys) {
    long folded = mix(keys.length + 1 + GAMMA) ^ purpose.number();
    for (long key : keys) {
      folded = mix(folded + GAMMA) ^ key;
    }
    return mix(folded + GAMMA);
  }

  /** The next 64 bits. */
  public long nextLong() {
    state += GAMMA;
    return mix(state);
  }

  /** Uniform in [0, 1), from the upper 53 bits. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Uniform in [0, bound), without bias: values of an incomplete last range are drawn again. */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("Invalid bound: " + bound + " (must be above 0)");
    }
    long bits = nextLong() >>> 1;
    long value = bits % bound;
    while (bits - value + (bound - 1) < 0) {
      bits = nextLong() >>> 1;
      value = bits % bound;
    }
    return (int) value;
  }

  /** Shuffles in place, from the last element to the first (Fisher and Yates). */
  public void shuffle(List<?> values) {
    for (int i = values.size() - 1; i > 0; i--) {
      Collections.swap(values, i, nextInt(i + 1));
    }
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
