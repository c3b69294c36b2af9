package io.kohaku.weights.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Values as kohya's trainer writes them into a header. */
final class KohyaText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private KohyaText() {}

  /** {@code None}, {@code True}, {@code False}, a number, or the text itself. */
  static String text(Object value) {
    if (value == null) {
      return "None";
    }
    if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    }
    return value.toString();
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write JSON: " + e.getMessage(), e);
    }
  }
}
