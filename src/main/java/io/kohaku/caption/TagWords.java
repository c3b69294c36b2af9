package io.kohaku.caption;

import io.kohaku.post.TagCategory;
import io.kohaku.post.TagSet;
import io.kohaku.rows.ByteScan;
import io.kohaku.settings.captions.CaptionSettings;
import java.util.Collection;
import java.util.List;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Turns tags into words: where each goes, and with spaces for underscores unless the name is short.
 *
 * <p>All on UTF-8 bytes: to look a name up in a table of known ones would cost more than to write
 * it anew, since most of that table lies outside of the processor's caches.
 */
final class TagWords {
  private static final int LONGEST_CODE_POINT = 4;

  private final int shortName;
  private final TagSet special;
  private final List<UTF8String> metaBlacklist;
  private final List<UTF8String> artistBlacklist;

  TagWords(CaptionSettings settings) {
    this.shortName = settings.shortName();
    this.special = new TagSet(settings.specialTags());
    this.metaBlacklist = utf8(settings.metaBlacklist());
    this.artistBlacklist = utf8(settings.artistBlacklist());
  }

  /**
   * Adds the words of a category's tags to the part of the caption where each goes.
   *
   * @param tags names with a space between
   */
  void add(
      TagCategory category, UTF8String tags, List<UTF8String> fixed, List<UTF8String> flexible) {
    byte[] bytes = new byte[tags.numBytes()];
    tags.getByteBuffer().get(bytes);
    int start = 0;
    while (start < bytes.length) {
      int end = ByteScan.indexOf(bytes, start, bytes.length, ' ');
      UTF8String tag = UTF8String.fromBytes(bytes, start, end - start);
      if (end > start && !isLeftOut(category, tag, bytes[start])) {
        boolean isFixed = isFixed(category, bytes, start, end - start);
        write(tag, bytes, start);
        (isFixed ? fixed : flexible).add(tag);
      }
      start = end + 1;
    }
  }

  private boolean isLeftOut(TagCategory category, UTF8String tag, byte first) {
    boolean visible = first > ' ';
    if (!visible && tag.toString().isBlank()) {
      return true;
    }
    return switch (category) {
      case ARTIST -> hasOneOf(tag, artistBlacklist);
      case META -> hasOneOf(tag, metaBlacklist);
      case GENERAL, CHARACTER, COPYRIGHT -> false;
    };
  }

  private boolean isFixed(TagCategory category, byte[] bytes, int start, int length) {
    return switch (category) {
      case GENERAL -> special.contains(bytes, start, length);
      case ARTIST, CHARACTER, COPYRIGHT -> true;
      case META -> false;
    };
  }

  /** Writes spaces for the underscores of a tag, unless it is short. */
  private void write(UTF8String tag, byte[] bytes, int start) {
    int length = tag.numBytes();
    if (length > LONGEST_CODE_POINT * shortName || tag.numChars() > shortName) {
      for (int i = start; i < start + length; i++) {
        bytes[i] = bytes[i] == '_' ? (byte) ' ' : bytes[i];
      }
    }
  }

  private static boolean hasOneOf(UTF8String tag, List<UTF8String> texts) {
    for (UTF8String text : texts) {
      if (tag.contains(text)) {
        return true;
      }
    }
    return false;
  }

  private static List<UTF8String> utf8(Collection<String> texts) {
    return texts.stream().map(UTF8String::fromString).toList();
  }
}
