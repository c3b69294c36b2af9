package io.kohaku.post.hakubooru;

import io.kohaku.post.MalformedPostException;
import io.kohaku.post.Rating;
import io.kohaku.post.WrittenDate;
import io.kohaku.post.WrittenFlag;
import io.kohaku.post.WrittenNumber;
import io.kohaku.settings.posts.RatingLetters;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.util.HexFormat;
import java.util.OptionalLong;
import org.apache.spark.unsafe.types.UTF8String;

/** Values of a database's columns, read as leniently as those of JSON. */
final class DatabaseValues {
  private static final int SHOWN = 60;
  private static final int HASH_BYTES = 16;

  private DatabaseValues() {}

  /**
   * A whole number, perhaps kept as a fraction, a text or a truth value; {@code absent} for none.
   */
  static long whole(String column, Object value, long absent) {
    if (value == null) {
      return absent;
    } else if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    try {
      if (value instanceof Long || value instanceof Integer || value instanceof Short) {
        return WrittenNumber.whole(((Number) value).longValue());
      }
      return value instanceof Double || value instanceof Float
          ? WrittenNumber.whole(((Number) value).doubleValue(), absent)
          : WrittenNumber.whole(written(value), absent);
    } catch (NumberFormatException e) {
      throw wrong(column, value, e.getMessage());
    }
  }

  /** An id, if the value is one. */
  static OptionalLong id(Object value) {
    try {
      long id = whole("id", value, -1);
      return id < 0 ? OptionalLong.empty() : OptionalLong.of(id);
    } catch (MalformedPostException e) {
      return OptionalLong.empty();
    }
  }

  /** True or false, perhaps kept as a number or a text; null is false. */
  static boolean flag(String column, Object value) {
    if (value == null) {
      return false;
    }
    return WrittenFlag.of(written(value))
        .orElseThrow(() -> wrong(column, value, "must be true or false"));
  }

  /** A text; {@code absent} for null. */
  static UTF8String text(Object value, UTF8String absent) {
    return value == null || value instanceof Double number && number.isNaN()
        ? absent
        : UTF8String.fromString(written(value));
  }

  /** A hash: a text, or the bytes of one, or of what it stands for; null for null. */
  static UTF8String hash(String column, Object value) {
    if (!(value instanceof byte[] bytes) || bytes.length == 0) {
      return text(value, null);
    } else if (bytes.length == HASH_BYTES) {
      return UTF8String.fromString(HexFormat.of().formatHex(bytes));
    } else if (bytes.length == 2 * HASH_BYTES && isAscii(bytes)) {
      return UTF8String.fromBytes(bytes);
    }
    String shown = bytes.length + " bytes";
    throw wrong(column, shown, "must be the 16 bytes of a hash or the 32 letters of its text");
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte letter : bytes) {
      if (letter <= ' ') {
        return false;
      }
    }
    return true;
  }

  /** A date: a text, a point in time, or a number of some unit since 1970. */
  static UTF8String date(String column, Object value, UTF8String absent) {
    if (value instanceof Timestamp time) {
      return UTF8String.fromString(time.toInstant().toString());
    } else if (value instanceof Number && !WrittenNumber.isNothing(written(value))) {
      try {
        return WrittenDate.ofEpoch(new BigDecimal(written(value)));
      } catch (NumberFormatException e) {
        throw wrong(column, value, "must be a date or a number that can be one");
      }
    }
    UTF8String text = text(value, absent);
    return WrittenNumber.isNothing(text.toString()) ? absent : WrittenDate.ofText(text);
  }

  private static String written(Object value) {
    return value instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : value.toString();
  }

  private static MalformedPostException wrong(String column, Object value, String rule) {
    String text = written(value);
    String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return new MalformedPostException("Invalid %s: %s (%s)".formatted(column, shown, rule));
  }

  /** A rating: HakuBooru's code, or a letter or word. */
  static Rating rating(Object value, RatingLetters letters) {
    String text = value == null ? "" : written(value);
    if (WrittenNumber.isNothing(text)) {
      return null;
    }
    return text.chars().anyMatch(Character::isDigit)
        ? Rating.ofCode(whole("rating", value, -1))
        : Rating.ofSource(text, letters);
  }
}
