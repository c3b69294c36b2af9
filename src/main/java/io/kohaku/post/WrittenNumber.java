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
  private static final double BEYOND_LONG = 0x1p63;

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
   * @throws NumberFormatException if it is no whole number, or beyond 64 bits
   */
  public static long whole(String text, long absent) {
    if (isNothing(text)) {
      return absent;
    }
    String digits = text.trim();
    if (digits.length() > LONGEST) {
      throw new NumberFormatException("more than " + LONGEST + " letters");
    }
    try {
      return new BigDecimal(digits).longValueExact();
    } catch (ArithmeticException e) {
      throw new NumberFormatException(e.getMessage());
    }
  }

  /**
   * The number of a fraction; {@code absent} for NaN.
   *
   * @throws NumberFormatException if it is not whole, or beyond 64 bits
   */
  public static long whole(double value, long absent) {
    if (Double.isNaN(value)) {
      return absent;
    } else if (value != Math.rint(value) || Math.abs(value) >= BEYOND_LONG) {
      throw new NumberFormatException("not whole");
    }
    return (long) value;
  }
}
