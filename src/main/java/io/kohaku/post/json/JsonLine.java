package io.kohaku.post.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kohaku.rows.ByteScan;
import java.io.IOException;
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
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
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

  /** Where the closing quote stands, or -1 if there is an escape before it, or no quote. */
  private int endOfPlainText(int first) {
    int end = start + length;
    int quote = ByteScan.indexOf(bytes, first, end, '"');
    return quote < end && ByteScan.indexOf(bytes, first, quote, '\\') == quote ? quote : -1;
  }
}
