package io.kohaku.post.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kohaku.post.MalformedPostException;
import io.kohaku.post.Rating;
import io.kohaku.post.WrittenFlag;
import io.kohaku.post.WrittenNumber;
import io.kohaku.settings.posts.RatingLetters;
import java.io.IOException;
import java.util.Optional;

/** Values of JSON fields, read as leniently as dumps of all ages ask for. */
final class JsonValues {
  private JsonValues() {}

  /** A whole number, perhaps written as a fraction or a text; {@code absent} for none. */
  static long whole(JsonParser parser, long absent) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return absent;
    }
    try {
      if (token == JsonToken.VALUE_NUMBER_INT
          && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
        return WrittenNumber.whole(parser.getLongValue());
      } else if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
        return WrittenNumber.whole(parser.getText(), absent);
      }
    } catch (NumberFormatException e) {
      throw wrong(parser, e.getMessage());
    }
    throw wrong(parser, "must be a whole number");
  }

  /** Whether nothing is known: null, or the number that is none. */
  static boolean isNothing(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NULL
        || parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT && parser.isNaN();
  }

  /** Whether nothing is known, be it said by a text. */
  static boolean isNoNumber(JsonParser parser) throws IOException {
    return isNothing(parser)
        || parser.currentToken() == JsonToken.VALUE_STRING
            && WrittenNumber.isNothing(parser.getText());
  }

  /** A rating: a letter or a word, or HakuBooru's code; null for none. */
  static Rating rating(JsonParser parser, RatingLetters letters) throws IOException {
    if (isNothing(parser)) {
      return null;
    } else if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return Rating.ofSource(parser.getText(), letters);
    } else if (parser.currentToken().isNumeric()) {
      return Rating.ofCode(whole(parser, -1));
    }
    throw wrong(parser, "must be a text");
  }

  /** True or false, perhaps written as a text or a number; null is false. */
  static boolean flag(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE, VALUE_NULL -> false;
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        Optional<Boolean> flag = WrittenFlag.of(parser.getText());
        if (flag.isEmpty()) {
          throw wrong(parser, "must be true or false");
        }
        yield flag.get();
      }
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
