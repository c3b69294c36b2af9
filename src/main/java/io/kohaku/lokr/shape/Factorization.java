package io.kohaku.lokr.shape;

/**
 * A dimension as a product of a small and a large part; the small one belongs to {@code lokr_w1}.
 *
 * @param small the smaller part
 * @param large the larger part; {@code small * large} is the dimension
 */
record Factorization(int small, int large) {

  /**
   * LyCORIS' {@code factorization}: by the factor itself where it divides the dimension, otherwise
   * by the divisor pair that is nearest to a square with its small part not above the factor.
   *
   * @param dimension what to split, at least 1
   * @param factor wanted small part, or negative for no limit
   */
  static Factorization of(int dimension, int factor) {
    if (dimension < 1) {
      throw new IllegalArgumentException("Invalid dimension: " + dimension + " (at least 1)");
    }
    if (factor > 0 && dimension % factor == 0) {
      int other = dimension / factor;
      return new Factorization(Math.min(factor, other), Math.max(factor, other));
    }
    int limit = factor < 0 ? dimension : factor;
    int small = 1;
    for (int divisor = 2; divisor <= limit; divisor++) {
      if ((long) divisor * divisor > dimension) {
        break;
      }
      if (dimension % divisor == 0) {
        small = divisor;
      }
    }
    return new Factorization(small, dimension / small);
  }
}
