package io.kohaku.post;

import java.time.Instant;
import java.util.Optional;
import org.apache.spark.unsafe.types.UTF8String;

/** Dates as tools write them. */
public final class WrittenDate {
  /** Seconds since 1970 stay below this until the year 5138; milliseconds were above it in 1973. */
  private static final long LEAST_MILLISECONDS = 100_000_000_000L;

  private static final int DAY = "2020-01-31".length();

  private WrittenDate() {}

  /** The date of a number: seconds since 1970, or milliseconds, as pandas writes them. */
  public static UTF8String ofEpoch(long number) {
    boolean milliseconds = Math.abs(number) >= LEAST_MILLISECONDS;
    Instant instant = milliseconds ? Instant.ofEpochMilli(number) : Instant.ofEpochSecond(number);
    return UTF8String.fromString(instant.toString());
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
