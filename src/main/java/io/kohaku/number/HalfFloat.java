package io.kohaku.number;

/** IEEE 754 half precision by hand: Java 17 has no conversion of its own. */
public final class HalfFloat {
  private static final int TARGET_EXPONENT = 14;
  private static final float LIMIT = 0x1.0p15f;

  private static final float SMALLEST_NORMAL = 0x1.0p-14f;

  private HalfFloat() {}

  /** The nearest half, ties to even; beyond 65504 an infinity. */
  public static short encode(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x47800000) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) {
      // Below the smallest normal half the spacing is 2^-24: rint rounds ties to even.
      return (short) (sign | (int) Math.rint(Math.abs(value) * 0x1.0p24));
    }
    int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
    return (short) (sign | (rounded - 0x38000000) >>> 13);
  }

  /** The value of a half, exactly; of no number a quiet one, as processors have it. */
  public static float decode(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >>> 10 & 0x1f;
    int mantissa = half & 0x3ff;
    if (exponent == 0) {
      float value = mantissa * (SMALLEST_NORMAL / 1024);
      return sign == 0 ? value : -value;
    }
    if (exponent == 0x1f) {
      int quiet = mantissa == 0 ? 0 : 0x400000;
      return Float.intBitsToFloat(sign | 0x7f800000 | quiet | mantissa << 13);
    }
    return Float.intBitsToFloat(sign | exponent + 112 << 23 | mantissa << 13);
  }

  /**
   * The power of two that brings this magnitude, once rounded to a half, into [2^14, 2^15); 1 where
   * there is none. Rounded first, so that what was decoded is encoded to the same bits again.
   */
  public static float scaleFor(float largest) {
    if (largest == 0 || !Float.isFinite(largest)) {
      return 1;
    }
    int exponent = TARGET_EXPONENT - Math.getExponent(largest);
    float scale = Math.scalb(1f, Math.min(exponent, Float.MAX_EXPONENT));
    return decode(encode(largest * scale)) < LIMIT ? scale : scale / 2;
  }
}
