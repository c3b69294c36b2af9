package io.kohaku.caption;

import io.kohaku.settings.captions.CaptionSettings;
import io.kohaku.settings.captions.DateTagSettings;
import io.kohaku.settings.captions.DateZone;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The word for the year in which a post was made. */
final class DateWords {
  /** Dates of other forms, such as {@code Wed Jul 30 00:12:01 -0400 2014}. */
  private static final Pattern LONE_YEAR = Pattern.compile("(?<![\\d+\\-:.])(\\d{4})(?![\\d:.])");

  /** As ISO has it, or with a blank for the T and before the offset, which may lack its colon. */
  private static final DateTimeFormatter WRITTEN =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[' ']")
          .append(offset("+HH:MM"))
          .append(offset("+HHMM"))
          .append(offset("+HH"))
          .toFormatter(Locale.ROOT);

  private final CaptionSettings settings;

  DateWords(CaptionSettings settings) {
    this.settings = settings;
  }

  private static DateTimeFormatter offset(String pattern) {
    return new DateTimeFormatterBuilder()
        .optionalStart()
        .appendOffset(pattern, "Z")
        .toFormatter(Locale.ROOT);
  }

  /** The word of a date as the source writes it, if its year has one. */
  Optional<String> of(String createdAt) {
    int year = year(createdAt);
    for (DateTagSettings tag : settings.dateTags()) {
      if (year >= tag.from() && year <= tag.until()) {
        return Optional.of(tag.tag());
      }
    }
    return Optional.empty();
  }

  int year(String createdAt) {
    int written = leadingYear(createdAt);
    if (written < 0) {
      Matcher matcher = LONE_YEAR.matcher(createdAt);
      return matcher.find() ? Integer.parseInt(matcher.group(1)) : settings.undatedYear();
    }
    return settings.dateZone() == DateZone.UTC && nearNewYear(createdAt)
        ? utcYear(createdAt, written)
        : written;
  }

  /** The four digits before the first dash, or -1. */
  private static int leadingYear(String text) {
    if (text.length() < 5 || text.charAt(4) != '-') {
      return -1;
    }
    int year = 0;
    for (int i = 0; i < 4; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      year = 10 * year + digit;
    }
    return year;
  }

  /** Only on two days of a year can another zone be in another year. */
  private static boolean nearNewYear(String text) {
    return text.startsWith("-12-31", 4) || text.startsWith("-01-01", 4);
  }

  private static int utcYear(String text, int written) {
    try {
      return OffsetDateTime.parse(text, WRITTEN).withOffsetSameInstant(ZoneOffset.UTC).getYear();
    } catch (DateTimeException e) {
      return written;
    }
  }
}
