package io.kohaku.post.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kohaku.post.MalformedPostException;
import java.io.IOException;

/** Values of JSON fields, read as leniently as dumps of all ages ask for. */
final class JsonValues {
  private JsonValues() {}

  /** A whole number, perhaps written as a text; {@code absent} for null. */
  static long whole(JsonParser parser, long absent) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return parser.getLongValue();
    } else if (token == JsonToken.VALUE_STRING) {
      try {
        return Long.parseLong(parser.getText().trim());
      } catch (NumberFormatException e) {
        throw wrong(parser, "must be a whole number");
      }
    } else if (token == JsonToken.VALUE_NULL) {
      return absent;
    }
    throw wrong(parser, "must be a whole number");
  }

  /** A text; {@code absent} for null. */
  static String text(JsonParser parser, String absent) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_STRING) {
      return parser.getText();
    } else if (token == JsonToken.VALUE_NULL) {
      return absent;
    }
    throw wrong(parser, "must be a text");
  }

  /** True or false, perhaps written as a text or a number; null is false. */
  static boolean flag(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE, VALUE_NULL -> false;
      case VALUE_STRING, VALUE_NUMBER_INT ->
          switch (parser.getText().trim()) {
            case "true", "t", "1" -> true;
            case "false", "f", "0", "" -> false;
            default -> throw wrong(parser, "must be true or false");
          };
      default -> throw wrong(parser, "must be true or false");
    };
  }

  /** How many elements an array has; it is passed over. */
  static int size(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return 0;
    }
    int size = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      parser.skipChildren();
      size++;
    }
    return size;
  }

  static MalformedPostException wrong(JsonParser parser, String rule) throws IOException {
    String text = parser.currentToken().isScalarValue() ? parser.getText() : "a structure";
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return new MalformedPostException(
        "Invalid %s: %s (%s)".formatted(parser.currentName(), shown, rule));
  }
}
