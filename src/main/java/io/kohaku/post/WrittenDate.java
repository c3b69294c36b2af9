package io.kohaku.post;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Optional;
import org.apache.spark.unsafe.types.UTF8String;

/** Dates as tools write them. */
public final class WrittenDate {
  /** Seconds since 1970 stay below this until the year 5138; milliseconds were above it in 1973. */
  private static final BigDecimal LEAST_MILLISECONDS = new BigDecimal("1e11");

  private static final BigDecimal LEAST_MICROSECONDS = new BigDecimal("1e14");
  private static final BigDecimal LEAST_NANOSECONDS = new BigDecimal("1e17");

  /** Below this there is a year for any number of nanoseconds. */
  private static final BigDecimal BEYOND_LONG = new BigDecimal("9223372036854775808");

  /** Digits of seconds since 1970, from 2001 to 2286. */
  private static final int SECONDS = 10;

  private static final int DAY = "2020-01-31".length();

  private WrittenDate() {}

  /**
   * The date of a number: seconds since 1970, whole or not, or milliseconds, microseconds or
   * nanoseconds, as pandas writes them; its size tells which.
   *
   * @throws NumberFormatException if it is beyond 64 bits
   */
  public static UTF8String ofEpoch(BigDecimal number) {
    if (number.abs().compareTo(BEYOND_LONG) >= 0) {
      throw new NumberFormatException("beyond 64 bits");
    }
    // To round a number with a billion zeros behind its point would take minutes.
    boolean none = number.scale() - number.precision() > 9;
    BigDecimal seconds = none ? BigDecimal.ZERO : number.movePointLeft(decimals(number.abs()));
    BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
    long nanos = seconds.subtract(whole).movePointRight(9).longValue();
    return UTF8String.fromString(Instant.ofEpochSecond(whole.longValue(), nanos).toString());
  }

  /**
   * The date of a text: itself, unless it is nothing but the 10, 13, 16 or 19 digits of a number of
   * seconds, milliseconds, microseconds or nanoseconds since 1970.
   */
  public static UTF8String ofText(UTF8String text) {
    int length = text.numBytes();
    if (length < SECONDS || (length - SECONDS) % 3 != 0 || length > SECONDS + 9) {
      return text;
    }
    for (byte letter : text.getBytes()) {
      if (letter < '0' || letter > '9') {
        return text;
      }
    }
    BigDecimal number = new BigDecimal(text.toString());
    return number.compareTo(BEYOND_LONG) < 0 ? ofEpoch(number) : text;
  }

  private static int decimals(BigDecimal size) {
    if (size.compareTo(LEAST_NANOSECONDS) >= 0) {
      return 9;
    } else if (size.compareTo(LEAST_MICROSECONDS) >= 0) {
      return 6;
    }
    return size.compareTo(LEAST_MILLISECONDS) >= 0 ? 3 : 0;
  }

  /** The day that a date opens with, its parts joined by dashes; none if it does not. */
  public static Optional<UTF8String> day(UTF8String date) {
    if (date.numBytes() < DAY) {
      return Optional.empty();
    }
    byte[] day = date.substring(0, DAY).getBytes();
    if (day.length != DAY) {
      return Optional.empty();
    }
    for (int i = 0; i < DAY; i++) {
      boolean separator = i == 4 || i == 7;
      if (separator && (day[i] == '/' || day[i] == '.')) {
        day[i] = '-';
      } else if (separator ? day[i] != '-' : day[i] < '0' || day[i] > '9') {
        return Optional.empty();
      }
    }
    return Optional.of(UTF8String.fromBytes(day));
  }
}
