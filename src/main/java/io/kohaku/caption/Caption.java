package io.kohaku.caption;

import java.util.List;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The words of one post.
 *
 * @param fixed words that open the caption, in order
 * @param flexible words that follow
 */
record Caption(List<UTF8String> fixed, List<UTF8String> flexible) {
  private static final UTF8String SEPARATOR = UTF8String.fromString(", ");
  private static final UTF8String MARK = UTF8String.fromString(", |||");

  /** One line with the published mark between both parts: {@code 1girl, |||solo, highres}. */
  UTF8String text() {
    byte[] line = new byte[length(fixed) + MARK.numBytes() + length(flexible)];
    int end = put(MARK, line, put(fixed, line, 0));
    put(flexible, line, end);
    return UTF8String.fromBytes(line);
  }

  private static int length(List<UTF8String> words) {
    int length = SEPARATOR.numBytes() * Math.max(words.size() - 1, 0);
    for (int i = 0; i < words.size(); i++) {
      length += words.get(i).numBytes();
    }
    return length;
  }

  private static int put(List<UTF8String> words, byte[] line, int start) {
    int end = start;
    for (int i = 0; i < words.size(); i++) {
      end = i > 0 ? put(SEPARATOR, line, end) : end;
      end = put(words.get(i), line, end);
    }
    return end;
  }

  private static int put(UTF8String text, byte[] line, int start) {
    text.getByteBuffer().get(line, start, text.numBytes());
    return start + text.numBytes();
  }
}
