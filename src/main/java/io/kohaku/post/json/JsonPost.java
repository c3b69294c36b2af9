package io.kohaku.post.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.kohaku.post.MalformedPostException;
import io.kohaku.post.PostDraft;
import io.kohaku.settings.posts.RatingLetters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * One post as the site's API writes it, of either generation.
 *
 * <p>Numbers may be texts, fields may be missing; of old dumps the arrays {@code tags} (with
 * categories) and {@code favs} are understood in place of {@code tag_string_*} and {@code
 * fav_count}.
 */
final class JsonPost {
  /** Python writes NaN, which is no JSON, where it knows nothing. */
  static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .build();

  private static final byte[] OPENING = "{\"id\":".getBytes(StandardCharsets.US_ASCII);

  /** Digits and the comma behind them; a longer number is left to the parser. */
  private static final int LONGEST_ID = 18;

  private final RatingLetters letters;

  JsonPost(RatingLetters letters) {
    this.letters = letters;
  }

  /** The id alone, or -1 if the line gives none that can be read. */
  static long id(byte[] line, int start, int length) {
    long leading = leadingId(line, start, length);
    return leading >= 0 ? leading : firstId(line, start, length);
  }

  /** The id of a line that opens with it, as every dump of the site does, or -1. */
  private static long leadingId(byte[] line, int start, int length) {
    int digits = start + OPENING.length;
    int end = start + Math.min(length, OPENING.length + LONGEST_ID);
    if (digits >= end || !Arrays.equals(line, start, digits, OPENING, 0, OPENING.length)) {
      return -1;
    }
    long id = 0;
    int i = digits;
    for (; i < end && line[i] >= '0' && line[i] <= '9'; i++) {
      id = 10 * id + line[i] - '0';
    }
    boolean whole = i > digits && i < end && line[i] == ',';
    return whole && (line[digits] != '0' || i == digits + 1) ? id : -1;
  }

  private static long firstId(byte[] line, int start, int length) {
    try (JsonParser parser = FACTORY.createParser(line, start, length)) {
      parser.nextToken();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        if (name.equals("id") && !JsonValues.isNoNumber(parser)) {
          return JsonValues.whole(parser, -1);
        }
        parser.skipChildren();
      }
      return -1;
    } catch (IOException | MalformedPostException e) {
      return -1;
    }
  }

  /**
   * Fills the draft.
   *
   * @param drawn tells of an id whether the post is wanted; if not, the rest is not read
   * @return whether the post is wanted
   * @throws MalformedPostException if the line is not one post
   */
  boolean read(byte[] line, int start, int length, PostDraft draft, LongPredicate drawn) {
    long leading = leadingId(line, start, length);
    if (leading >= 0 && !drawn.test(leading)) {
      return false;
    }
    try (JsonParser parser = FACTORY.createParser(line, start, length)) {
      JsonLine text = new JsonLine(parser, line, start, length);
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedPostException("Cannot read post: the line is not a JSON object");
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        field(text, name, draft);
        if (name.equals("id") && draft.id >= 0 && !drawn.test(draft.id)) {
          return false;
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw new MalformedPostException("Cannot read post: more than one value on the line");
      }
      return true;
    } catch (JsonProcessingException e) {
      throw new MalformedPostException("Cannot read post: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new MalformedPostException("Cannot read post: " + e.getMessage());
    }
  }

  /** The draw looks at the first id of a line, so there must be no other. */
  private static long id(JsonParser parser, PostDraft draft) throws IOException {
    if (JsonValues.isNoNumber(parser)) {
      return draft.id;
    }
    long id = JsonValues.whole(parser, -1);
    if (id < 0) {
      throw JsonValues.wrong(parser, "must be at least 0");
    } else if (draft.hasId() && id != draft.id) {
      throw JsonValues.wrong(parser, "the post has the id " + draft.id + " already");
    }
    return id;
  }

  private void field(JsonLine line, String name, PostDraft draft) throws IOException {
    JsonParser parser = line.parser();
    switch (name) {
      case "id" -> draft.id = id(parser, draft);
      case "created_at" -> draft.createdAt = line.date(draft.createdAt);
      case "rating" -> draft.rating = JsonValues.rating(parser, letters);
      case "score" -> draft.score = JsonValues.whole(parser, draft.score);
      case "fav_count" -> draft.favCount = JsonValues.whole(parser, draft.favCount);
      case "file_ext" -> draft.fileExt = line.utf8(draft.fileExt);
      case "file_size" -> draft.fileSize = JsonValues.whole(parser, draft.fileSize);
      case "image_width" -> draft.imageWidth = JsonValues.whole(parser, draft.imageWidth);
      case "image_height" -> draft.imageHeight = JsonValues.whole(parser, draft.imageHeight);
      case "md5" -> draft.md5 = line.utf8(draft.md5);
      case "file_url" -> draft.fileUrl = line.isTold();
      case "is_deleted" -> draft.deleted = JsonValues.flag(parser);
      case "is_banned" -> draft.banned = JsonValues.flag(parser);
      case "bit_flags" -> draft.bitFlags = JsonValues.whole(parser, draft.bitFlags);
      case "favs" -> draft.favourites = JsonValues.size(parser);
      case "tags" -> JsonTags.array(line, draft);
      default -> {
        if (!JsonTags.string(line, name, draft)) {
          parser.skipChildren();
        }
      }
    }
  }
}
