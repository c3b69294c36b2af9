package io.kohaku.post;

import io.kohaku.rows.ByteScan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The tags of one category as the site itself writes them: names in stored order, one space
 * between.
 *
 * <p>One text costs a table a fraction of what an array of thirty short ones does, to write as to
 * read.
 */
public final class TagText {
  /** The text of no tags. */
  public static final UTF8String NONE = UTF8String.EMPTY_UTF8;

  private TagText() {}

  /**
   * The text of these names.
   *
   * @param names each as {@link #name} gives it
   */
  public static UTF8String of(Collection<UTF8String> names) {
    return UTF8String.concatWs(UTF8String.fromString(" "), names.toArray(UTF8String[]::new));
  }

  /** A tag's name with underscores for spaces, as the site spells it, since spaces part names. */
  public static UTF8String name(UTF8String name) {
    return UTF8String.fromString(name.toString().replace(' ', '_'));
  }

  /** A text with spaces at its ends, or several between names, without those. */
  public static UTF8String tidied(UTF8String text) {
    return isTidy(text) ? text : of(names(text));
  }

  /** The names, as stretches of the same bytes. */
  public static List<UTF8String> names(UTF8String text) {
    List<UTF8String> names = new ArrayList<>();
    byte[] bytes = text.getBytes();
    int start = 0;
    while (start < bytes.length) {
      int space = ByteScan.indexOf(bytes, start, bytes.length, ' ');
      if (space > start) {
        names.add(UTF8String.fromBytes(bytes, start, space - start));
      }
      start = space + 1;
    }
    return names;
  }

  private static boolean isTidy(UTF8String text) {
    ByteBuffer buffer = text.getByteBuffer();
    byte[] bytes = buffer.array();
    int start = buffer.arrayOffset() + buffer.position();
    int end = start + text.numBytes();
    while (start < end) {
      int space = ByteScan.indexOf(bytes, start, end, ' ');
      if (space == start || space == end - 1) {
        return false;
      }
      start = space + 1;
    }
    return true;
  }
}
