package io.kohaku.caption;

import io.kohaku.caption.Word.Part;
import io.kohaku.post.TagCategory;
import io.kohaku.settings.CaptionSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Turns tags into words: where each goes, and with spaces for underscores unless the name is short.
 *
 * <p>The words of the names seen first are remembered, up to a bound: a few thousand names make up
 * nearly all tags.
 */
final class TagWords {
  private static final int REMEMBERED = 1 << 16;

  private final CaptionSettings settings;
  private final Set<String> special;
  private final List<Map<UTF8String, Word>> known = new ArrayList<>();

  TagWords(CaptionSettings settings) {
    this.settings = settings;
    this.special = new HashSet<>(settings.specialTags());
    for (int i = 0; i < TagCategory.values().length; i++) {
      known.add(new HashMap<>());
    }
  }

  /** The word of a tag. */
  Word of(TagCategory category, UTF8String tag) {
    Map<UTF8String, Word> words = known.get(category.ordinal());
    Word word = words.get(tag);
    if (word == null) {
      String name = tag.toString();
      word = new Word(part(category, name), UTF8String.fromString(written(name)));
      if (words.size() < REMEMBERED) {
        words.put(UTF8String.fromString(name), word);
      }
    }
    return word;
  }

  private Part part(TagCategory category, String name) {
    if (name.isBlank()) {
      return Part.NOWHERE;
    }
    return switch (category) {
      case GENERAL -> special.contains(name) ? Part.FIXED : Part.FLEXIBLE;
      case ARTIST -> hasOneOf(name, settings.artistBlacklist()) ? Part.NOWHERE : Part.FIXED;
      case CHARACTER, COPYRIGHT -> Part.FIXED;
      case META -> hasOneOf(name, settings.metaBlacklist()) ? Part.NOWHERE : Part.FLEXIBLE;
    };
  }

  private String written(String name) {
    boolean isShort = name.codePointCount(0, name.length()) <= settings.shortName();
    return isShort ? name : name.replace('_', ' ');
  }

  private static boolean hasOneOf(String name, List<String> texts) {
    return texts.stream().anyMatch(name::contains);
  }
}
