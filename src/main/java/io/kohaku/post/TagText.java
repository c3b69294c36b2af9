package io.kohaku.post;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The tags of one category as the site itself writes them: names in stored order, one space
 * between.
 *
 * <p>One text costs a table a fraction of what an array of thirty short ones does, to write as to
 * read.
 */
final class TagText {
  /** The text of no tags. */
  static final UTF8String NONE = UTF8String.EMPTY_UTF8;

  private TagText() {}

  /**
   * The text of these names.
   *
   * @param names each as {@link #name} gives it
   */
  static UTF8String of(Collection<UTF8String> names) {
    return UTF8String.concatWs(UTF8String.fromString(" "), names.toArray(UTF8String[]::new));
  }

  /** A tag's name with underscores for spaces, as the site spells it, since spaces part names. */
  static UTF8String name(UTF8String name) {
    byte[] bytes = name.getBytes();
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == ' ') {
        byte[] spelled = bytes.clone();
        for (int j = i; j < spelled.length; j++) {
          spelled[j] = spelled[j] == ' ' ? (byte) '_' : spelled[j];
        }
        return UTF8String.fromBytes(spelled);
      }
    }
    return name;
  }

  /** A text with spaces at its ends, or several between names, without those. */
  static UTF8String tidied(UTF8String text) {
    return isTidy(text) ? text : of(names(text));
  }

  /** The names, as stretches of the same bytes. */
  static List<UTF8String> names(UTF8String text) {
    List<UTF8String> names = new ArrayList<>();
    byte[] bytes = text.getBytes();
    int start = 0;
    for (int i = 0; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == ' ') {
        if (i > start) {
          names.add(UTF8String.fromBytes(bytes, start, i - start));
        }
        start = i + 1;
      }
    }
    return names;
  }

  /** The first of the text's tags that is one of {@code wanted}. */
  static Optional<UTF8String> first(UTF8String text, Set<UTF8String> wanted) {
    return names(text).stream().filter(wanted::contains).findFirst();
  }

  private static boolean isTidy(UTF8String text) {
    ByteBuffer bytes = text.getByteBuffer();
    boolean afterSpace = true;
    while (bytes.hasRemaining()) {
      boolean space = bytes.get() == ' ';
      if (space && afterSpace) {
        return false;
      }
      afterSpace = space;
    }
    return !afterSpace || text.numBytes() == 0;
  }
}
