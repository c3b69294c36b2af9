package io.kohaku.weights.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Named values as kohya's trainer writes them into a header. */
final class KohyaTexts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> texts = new LinkedHashMap<>();

  /** Puts {@code None} for null, {@code True}, {@code False}, a number, or the text itself. */
  void put(String key, Object value) {
    if (value == null) {
      texts.put(key, "None");
    } else if (value instanceof Boolean flag) {
      texts.put(key, flag ? "True" : "False");
    } else {
      texts.put(key, value.toString());
    }
  }

  /** Puts a value as JSON. */
  void putJson(String key, Object value) {
    try {
      texts.put(key, JSON.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write JSON: " + e.getMessage(), e);
    }
  }

  /** All of them in the order in which they were put. */
  Map<String, String> all() {
    return Collections.unmodifiableMap(texts);
  }
}
