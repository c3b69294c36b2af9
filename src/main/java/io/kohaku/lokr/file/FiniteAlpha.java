package io.kohaku.lokr.file;

import io.kohaku.tensor.Dtype;

/**
 * An alpha as a file's number format holds it: never infinite, as the reference writes it for ranks
 * beyond fp16, and never 0, which readers take for "as the rank" or for no change at all.
 */
public final class FiniteAlpha {
  private FiniteAlpha() {}

  /**
   * The nearest number of the format that is neither.
   *
   * @param alpha above 0
   * @param dtype F32, BF16 or F16
   */
  public static double of(double alpha, Dtype dtype) {
    Format format = Format.of(dtype);
    double within = Math.min(Math.max(alpha, format.least), format.greatest);
    double unit = Math.scalb(1.0, Math.getExponent(within) + 1 - format.digits);
    unit = Math.max(unit, format.least);
    return Math.min(Math.rint(within / unit) * unit, format.greatest);
  }

  /**
   * A number format.
   *
   * @param digits binary digits of a number
   * @param least the least number above 0
   * @param greatest the greatest number
   */
  private record Format(int digits, double least, double greatest) {
    static Format of(Dtype dtype) {
      return switch (dtype) {
        case F16 -> new Format(11, 0x1p-24, 65504);
        case BF16 -> new Format(8, 0x1p-133, 0x1.fep127);
        default -> new Format(24, Float.MIN_VALUE, Float.MAX_VALUE);
      };
    }
  }
}
