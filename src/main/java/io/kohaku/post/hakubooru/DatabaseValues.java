package io.kohaku.post.hakubooru;

import io.kohaku.post.MalformedPostException;
import io.kohaku.post.Rating;
import io.kohaku.settings.posts.RatingLetters;
import org.apache.spark.unsafe.types.UTF8String;

/** Values of a database's columns, read as leniently as those of JSON. */
final class DatabaseValues {
  private DatabaseValues() {}

  /** A whole number, perhaps kept as a text or a truth value; {@code absent} for null. */
  static long whole(String column, Object value, long absent) {
    if (value == null) {
      return absent;
    } else if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      return ((Number) value).longValue();
    } else if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    try {
      return Long.parseLong(value.toString().trim());
    } catch (NumberFormatException e) {
      throw new MalformedPostException(
          "Invalid %s: %s (must be a whole number)".formatted(column, value));
    }
  }

  /** A text; {@code absent} for null. */
  static UTF8String text(Object value, UTF8String absent) {
    return value == null ? absent : UTF8String.fromString(value.toString());
  }

  /** A rating: HakuBooru's code, or a letter or word. */
  static Rating rating(Object value, RatingLetters letters) {
    if (value == null) {
      return null;
    }
    return value instanceof Number code
        ? Rating.ofCode(code.longValue())
        : Rating.ofSource(value.toString(), letters);
  }
}
