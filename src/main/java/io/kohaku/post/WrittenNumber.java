package io.kohaku.post;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;

/**
 * Whole numbers as tools write them: 600, {@code "600"}, 600.0, 6e2.
 *
 * <p>A column of whole numbers in which one is missing becomes one of fractions in pandas and all
 * that comes from it, and what is missing becomes NaN there, or a word once it is a text.
 */
public final class WrittenNumber {
  private static final int LONGEST = 64;
  private static final int DIGITS = 19;
  private static final double EXACT = 0x1p53;
  private static final String WHOLE = "must be a whole number";
  private static final String BEYOND = "must be between -2^63 and 2^63";

  /** Words that tools write where they know nothing. */
  private static final Set<String> NOTHING = Set.of("", "nan", "nat", "null", "none", "<na>");

  private WrittenNumber() {}

  /** Whether a text says that nothing is known. */
  public static boolean isNothing(String text) {
    return text.length() <= LONGEST && NOTHING.contains(text.trim().toLowerCase(Locale.ROOT));
  }

  /**
   * The number of a text; {@code absent} if it says that nothing is known.
   *
   * @throws NumberFormatException saying the rule that it breaks
   */
  public static long whole(String text, long absent) {
    if (isNothing(text)) {
      return absent;
    }
    String digits = text.trim();
    if (digits.length() > LONGEST) {
      throw new NumberFormatException(WHOLE);
    }
    return whole(number(digits));
  }

  private static BigDecimal number(String digits) {
    try {
      return new BigDecimal(digits);
    } catch (NumberFormatException e) {
      throw new NumberFormatException(WHOLE);
    }
  }

  private static long whole(BigDecimal number) {
    // What is large is never taken apart: a few letters may stand for millions of digits.
    if (number.signum() != 0 && (long) number.precision() - number.scale() > DIGITS) {
      throw new NumberFormatException(BEYOND);
    }
    try {
      return number.signum() == 0 ? 0 : whole(number.toBigIntegerExact().longValueExact());
    } catch (ArithmeticException e) {
      boolean fraction = number.stripTrailingZeros().scale() > 0;
      throw new NumberFormatException(fraction ? WHOLE : BEYOND);
    }
  }

  /**
   * A number that is whole; the least of 64 bits stands for nothing elsewhere.
   *
   * @throws NumberFormatException saying the rule that it breaks
   */
  public static long whole(long number) {
    if (number == Long.MIN_VALUE) {
      throw new NumberFormatException(BEYOND);
    }
    return number;
  }

  /**
   * The number of a fraction; {@code absent} for NaN.
   *
   * @throws NumberFormatException saying the rule that it breaks
   */
  public static long whole(double value, long absent) {
    if (Double.isNaN(value)) {
      return absent;
    } else if (value != Math.rint(value)) {
      throw new NumberFormatException(WHOLE);
    } else if (Math.abs(value) > EXACT) {
      throw new NumberFormatException(
          "must be at most 2^53 where it is kept as a fraction, which knows larger ones not exactly");
    }
    return (long) value;
  }
}
