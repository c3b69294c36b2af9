package io.kohaku.post.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kohaku.post.MalformedPostException;
import io.kohaku.post.PostDraft;
import io.kohaku.post.TagCategory;
import io.kohaku.post.TagText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.unsafe.types.UTF8String;

/** The tags of a JSON post, in either of the two ways they were ever written. */
final class JsonTags {
  private static final Map<String, TagCategory> BY_FIELD =
      Stream.of(TagCategory.values()).collect(Collectors.toMap(TagCategory::column, c -> c));

  private JsonTags() {}

  /** One text with the category's tags and spaces between; false if the field is another. */
  static boolean string(JsonLine line, String name, PostDraft draft) throws IOException {
    TagCategory category = BY_FIELD.get(name);
    if (category == null) {
      return false;
    }
    draft.tags[category.ordinal()] = TagText.tidied(line.utf8(TagText.NONE));
    return true;
  }

  /** An array of objects with name and category, as in dumps of 2017 to 2020. */
  static void array(JsonLine line, PostDraft draft) throws IOException {
    JsonParser parser = line.parser();
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return;
    }
    List<List<UTF8String>> byCategory = new ArrayList<>();
    for (int i = 0; i < TagCategory.values().length; i++) {
      byCategory.add(new ArrayList<>());
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      tag(line, byCategory);
    }
    for (int i = 0; i < byCategory.size(); i++) {
      draft.tags[i] = TagText.of(byCategory.get(i));
    }
  }

  private static void tag(JsonLine line, List<List<UTF8String>> byCategory) throws IOException {
    JsonParser parser = line.parser();
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw JsonValues.wrong(parser, "must be a tag with name and category");
    }
    UTF8String name = null;
    long category = 0;
    for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      parser.nextToken();
      switch (field) {
        case "name" -> name = line.utf8(null);
        case "category" -> category = JsonValues.whole(parser, category);
        default -> parser.skipChildren();
      }
    }
    if (name == null) {
      throw new MalformedPostException("Missing field: name of a tag");
    }
    byCategory.get(TagCategory.ofDanbooru(category).ordinal()).add(TagText.name(name));
  }
}
