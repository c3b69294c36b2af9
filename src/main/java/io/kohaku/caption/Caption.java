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
    return UTF8String.concat(join(fixed), MARK, join(flexible));
  }

  private static UTF8String join(List<UTF8String> words) {
    return UTF8String.concatWs(SEPARATOR, words.toArray(UTF8String[]::new));
  }
}
