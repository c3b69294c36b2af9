package io.kohaku.post;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.spark.unsafe.types.UTF8String;

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

  /** A text in UTF-8; {@code absent} for null. */
  static UTF8String utf8(JsonParser parser, UTF8String absent) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NULL
        ? absent
        : UTF8String.fromBytes(bytes(parser));
  }

  /** The bytes of a text. */
  static byte[] bytes(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong(parser, "must be a text");
    }
    int length = parser.getTextLength();
    char[] characters = parser.getTextCharacters();
    int offset = parser.getTextOffset();
    byte[] bytes = new byte[length];
    int beyondAscii = 0;
    for (int i = 0; i < length; i++) {
      char c = characters[offset + i];
      beyondAscii |= c;
      bytes[i] = (byte) c;
    }
    return beyondAscii < 0x80 ? bytes : parser.getText().getBytes(StandardCharsets.UTF_8);
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
