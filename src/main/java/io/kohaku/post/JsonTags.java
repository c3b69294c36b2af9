package io.kohaku.post;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.unsafe.types.UTF8String;

/** The tags of a JSON post, in either of the two ways they were ever written. */
final class JsonTags {
  private static final UTF8String[] NONE = new UTF8String[0];

  private UTF8String[] words = new UTF8String[64];

  /** One text with the category's tags and spaces between; false if the field is another. */
  boolean string(JsonParser parser, String name, PostDraft draft) throws IOException {
    TagCategory category =
        switch (name) {
          case "tag_string_general" -> TagCategory.GENERAL;
          case "tag_string_artist" -> TagCategory.ARTIST;
          case "tag_string_character" -> TagCategory.CHARACTER;
          case "tag_string_copyright" -> TagCategory.COPYRIGHT;
          case "tag_string_meta" -> TagCategory.META;
          default -> null;
        };
    if (category == null) {
      return false;
    }
    draft.tags[category.ordinal()] =
        parser.currentToken() == JsonToken.VALUE_NULL ? NONE : split(JsonValues.bytes(parser));
    return true;
  }

  /** An array of objects with name and category, as in dumps of 2017 to 2020. */
  void array(JsonParser parser, PostDraft draft) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return;
    }
    List<List<UTF8String>> byCategory = new ArrayList<>();
    for (int i = 0; i < TagCategory.values().length; i++) {
      byCategory.add(new ArrayList<>());
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      tag(parser, byCategory);
    }
    for (int i = 0; i < byCategory.size(); i++) {
      draft.tags[i] = byCategory.get(i).toArray(NONE);
    }
  }

  private static void tag(JsonParser parser, List<List<UTF8String>> byCategory) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw JsonValues.wrong(parser, "must be a tag with name and category");
    }
    UTF8String name = null;
    long category = 0;
    for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      parser.nextToken();
      switch (field) {
        case "name" -> name = JsonValues.utf8(parser, null);
        case "category" -> category = JsonValues.whole(parser, category);
        default -> parser.skipChildren();
      }
    }
    if (name == null) {
      throw new MalformedPostException("Missing field: name of a tag");
    }
    byCategory.get(TagCategory.ofDanbooru(category).ordinal()).add(name);
  }

  /** The words between spaces, as stretches of the same bytes. */
  private UTF8String[] split(byte[] bytes) {
    int count = 0;
    int start = 0;
    for (int i = 0; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == ' ') {
        if (i > start) {
          if (count == words.length) {
            words = Arrays.copyOf(words, 2 * count);
          }
          words[count++] = UTF8String.fromBytes(bytes, start, i - start);
        }
        start = i + 1;
      }
    }
    return count == 0 ? NONE : Arrays.copyOf(words, count);
  }
}
