package io.kohaku.weights;

/** 16-bit floats in plain Java: values of all bit patterns, and the nearest pattern by search. */
public final class SixteenBits {
  static final SixteenBits HALF = new SixteenBits(5, 10);
  public static final SixteenBits BFLOAT = new SixteenBits(8, 7);

  private final int mantissaBits;
  private final int bias;
  private final double[] positive;

  private SixteenBits(int exponentBits, int mantissaBits) {
    this.mantissaBits = mantissaBits;
    this.bias = (1 << (exponentBits - 1)) - 1;
    int infinity = ((1 << exponentBits) - 1) << mantissaBits;
    this.positive = new double[infinity];
    for (int bits = 0; bits < infinity; bits++) {
      positive[bits] = value(bits);
    }
  }

  private double value(int bits) {
    int exponent = bits >> mantissaBits;
    double mantissa = (bits & ((1 << mantissaBits) - 1)) / (double) (1 << mantissaBits);
    return exponent == 0
        ? mantissa * Math.pow(2, 1 - bias)
        : (1 + mantissa) * Math.pow(2, exponent - bias);
  }

  /** The value of finite bits. */
  float decode(short bits) {
    double magnitude = positive[bits & 0x7fff];
    return (float) (bits < 0 ? -magnitude : magnitude);
  }

  /** The nearest finite pattern; of two equally near ones the even one. */
  public short encode(double value) {
    double magnitude = Math.abs(value);
    int low = 0;
    int high = positive.length - 1;
    while (high - low > 1) {
      int middle = (low + high) / 2;
      if (positive[middle] <= magnitude) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double below = magnitude - positive[low];
    double above = positive[high] - magnitude;
    boolean up = above < below || above == below && (high & 1) == 0;
    boolean negative = value < 0 || 1 / value < 0;
    return (short) ((up ? high : low) | (negative ? 0x8000 : 0));
  }
}
