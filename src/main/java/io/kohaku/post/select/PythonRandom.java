package io.kohaku.post.select;

/**
 * Python's {@code random.Random}: the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998),
 * seeded by {@code init_by_array} with the 32-bit words of a whole number.
 */
final class PythonRandom {
  private static final int LENGTH = 624;
  private static final int SHIFT = 397;
  private static final int UPPER = 0x80000000;
  private static final int LOWER = 0x7fffffff;
  private static final int MATRIX = 0x9908b0df;

  private final int[] state = new int[LENGTH];
  private int next = LENGTH;

  PythonRandom(long seed) {
    if (seed < 0) {
      throw new IllegalArgumentException("Invalid seed: " + seed + " (must be at least 0)");
    }
    int high = (int) (seed >>> 32);
    initialise(high == 0 ? new int[] {(int) seed} : new int[] {(int) seed, high});
  }

  /** Uniform in [0, 1) with 53 bits: (a · 2^26 + b) / 2^53 of 27 and 26 bits. */
  double nextDouble() {
    long a = nextBits() >>> 5;
    long b = nextBits() >>> 6;
    return (a * 67108864.0 + b) * (1.0 / 9007199254740992.0);
  }

  /** One index of {@code random.choices}: floor(random() · population). */
  long nextChoice(long population) {
    return (long) Math.floor(nextDouble() * population);
  }

  private void initialise(int[] key) {
    state[0] = 19650218;
    for (int i = 1; i < LENGTH; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
    int i = 1;
    int j = 0;
    for (int k = Math.max(LENGTH, key.length); k > 0; k--) {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1664525)) + key[j] + j;
      i = step(i);
      j = (j + 1) % key.length;
    }
    for (int k = LENGTH - 1; k > 0; k--) {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1566083941)) - i;
      i = step(i);
    }
    state[0] = UPPER;
  }

  private int step(int i) {
    if (i + 1 < LENGTH) {
      return i + 1;
    }
    state[0] = state[LENGTH - 1];
    return 1;
  }

  private int nextBits() {
    if (next == LENGTH) {
      refill();
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private void refill() {
    for (int k = 0; k < LENGTH; k++) {
      int y = (state[k] & UPPER) | (state[(k + 1) % LENGTH] & LOWER);
      state[k] = state[(k + SHIFT) % LENGTH] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : MATRIX);
    }
    next = 0;
  }
}
