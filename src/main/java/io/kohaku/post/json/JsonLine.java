package io.kohaku.post.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kohaku.post.WrittenDate;
import io.kohaku.post.WrittenNumber;
import io.kohaku.rows.ByteScan;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A line of JSON with the parser that goes through it.
 *
 * <p>The parser finds where texts begin and checks the line; texts themselves are taken from the
 * line's bytes, since decoding them to characters and back would cost more than all else.
 *
 * @param bytes a buffer that holds the line
 * @param start where it starts there
 */
record JsonLine(JsonParser parser, byte[] bytes, int start, int length) {

  /**
   * The text that the parser stands at, in UTF-8; {@code absent} for null.
   *
   * <p>A text without escapes is a stretch of the line, good as long as the line is.
   */
  UTF8String utf8(UTF8String absent) throws IOException {
    if (JsonValues.isNothing(parser)) {
      return absent;
    } else if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw JsonValues.wrong(parser, "must be a text");
    }
    int first = start + (int) parser.currentTokenLocation().getByteOffset() + 1;
    int end = endOfPlainText(first);
    return end >= 0
        ? UTF8String.fromBytes(bytes, first, end - first)
        : UTF8String.fromBytes(parser.getText().getBytes(StandardCharsets.UTF_8));
  }

  /** A date: a text, or a number of some unit since 1970; {@code absent} for none. */
  UTF8String date(UTF8String absent) throws IOException {
    if (parser.currentToken().isNumeric() && !WrittenNumber.isNothing(parser.getText())) {
      try {
        return WrittenDate.ofEpoch(new BigDecimal(parser.getText()));
      } catch (NumberFormatException e) {
        throw JsonValues.wrong(parser, "must be a date or a number that can be one");
      }
    }
    UTF8String text = utf8(absent);
    // The words that say nothing are shorter than any date.
    return text.numBytes() < 8 && WrittenNumber.isNothing(text.toString())
        ? absent
        : WrittenDate.ofText(text);
  }

  /** Whether there is a text that says something. */
  boolean isTold() throws IOException {
    UTF8String text = utf8(UTF8String.EMPTY_UTF8);
    return text.numBytes() >= 8 || !WrittenNumber.isNothing(text.toString());
  }

  /** Where the closing quote stands, or -1 if there is an escape before it, or no quote. */
  private int endOfPlainText(int first) {
    int end = start + length;
    int quote = ByteScan.indexOf(bytes, first, end, '"');
    return quote < end && ByteScan.indexOf(bytes, first, quote, '\\') == quote ? quote : -1;
  }
}
