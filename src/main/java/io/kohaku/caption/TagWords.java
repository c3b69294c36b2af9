package io.kohaku.caption;

import io.kohaku.post.TagCategory;
import io.kohaku.settings.CaptionSettings;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
  private final Set<UTF8String> special;
  private final List<UTF8String> metaBlacklist;
  private final List<UTF8String> artistBlacklist;

  TagWords(CaptionSettings settings) {
    this.shortName = settings.shortName();
    this.special = new HashSet<>(utf8(settings.specialTags()));
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
    for (int i = 0; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == ' ') {
        UTF8String tag = UTF8String.fromBytes(bytes, start, i - start);
        switch (part(category, tag)) {
          case FIXED -> fixed.add(written(tag, bytes, start));
          case FLEXIBLE -> flexible.add(written(tag, bytes, start));
          default -> {}
        }
        start = i + 1;
      }
    }
  }

  private Part part(TagCategory category, UTF8String tag) {
    if (isBlank(tag)) {
      return Part.NOWHERE;
    }
    return switch (category) {
      case GENERAL -> special.contains(tag) ? Part.FIXED : Part.FLEXIBLE;
      case ARTIST -> hasOneOf(tag, artistBlacklist) ? Part.NOWHERE : Part.FIXED;
      case CHARACTER, COPYRIGHT -> Part.FIXED;
      case META -> hasOneOf(tag, metaBlacklist) ? Part.NOWHERE : Part.FLEXIBLE;
    };
  }

  /** The tag with spaces for underscores, unless it is short; its bytes themselves change. */
  private UTF8String written(UTF8String tag, byte[] bytes, int start) {
    int length = tag.numBytes();
    if (length > LONGEST_CODE_POINT * shortName || tag.numChars() > shortName) {
      for (int i = start; i < start + length; i++) {
        bytes[i] = bytes[i] == '_' ? (byte) ' ' : bytes[i];
      }
    }
    return tag;
  }

  /** A tag that opens with a visible ASCII character is not blank. */
  private static boolean isBlank(UTF8String tag) {
    byte first = (byte) (tag.getPrefix() >>> (Long.SIZE - Byte.SIZE));
    return first <= ' ' && tag.toString().isBlank();
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
