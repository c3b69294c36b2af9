package io.kohaku.post.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.post.MalformedPostException;
import io.kohaku.post.Post;
import io.kohaku.post.PostDraft;
import io.kohaku.post.Rating;
import io.kohaku.post.TagCategory;
import io.kohaku.post.TagText;
import io.kohaku.settings.posts.RatingLetters;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonPostTest {
  private static final String NOW =
      """
      {"id":12,"created_at":"2022-02-03T04:05:06.000-05:00","rating":"s","score":-3,\
      "fav_count":9,"file_ext":"png","file_size":5,"image_width":600,"image_height":800,\
      "media_asset":{"id":99,"md5":"x","variants":[{"type":"sample"}]},"bit_flags":0,\
      "tag_string_general":"1girl  caf\u00e9 \\"q\\"","tag_string_artist":"",\
      "tag_string_character":"c_(d)","tag_string_copyright":null,"tag_string_meta":"highres"}""";

  private static final String THEN =
      """
      {"id":"12","created_at":"2009-02-03 04:05:06 UTC","rating":"s","score":"4",\
      "file_ext":"jpg","file_size":"77","image_width":"600","image_height":"800","md5":"abc",\
      "is_deleted":"false","is_banned":"1","favs":["1","2","3"],\
      "tags":[{"id":"5","name":"1girl","category":"0"},{"id":"6","name":"x","category":"4"},\
      {"id":"7","name":"y","category":"3"},{"id":"8","name":"z","category":1},\
      {"name":"scan","category":"5"}]}""";

  private static Post post(String json, RatingLetters letters) {
    byte[] line = json.getBytes(StandardCharsets.UTF_8);
    PostDraft draft = new PostDraft();
    assertThat(new JsonPost(letters).read(line, 0, line.length, draft, id -> true)).isTrue();
    return draft.post();
  }

  private static String[] tags(Post post, TagCategory category) {
    return TagText.names(post.tags(category)).stream().map(Object::toString).toArray(String[]::new);
  }

  @Test
  void postsOfToday() {
    Post post = post(NOW, RatingLetters.GSQE);
    assertThat(post.id()).isEqualTo(12);
    assertThat(post.rating()).isEqualTo(Rating.SENSITIVE);
    assertThat(post.score()).isEqualTo(-3);
    assertThat(post.favCount()).isEqualTo(9);
    assertThat(post.visible()).isFalse();
    assertThat(post.banned()).isFalse();
    assertThat(tags(post, TagCategory.GENERAL)).containsExactly("1girl", "café", "\"q\"");
    assertThat(tags(post, TagCategory.CHARACTER)).containsExactly("c_(d)");
    assertThat(tags(post, TagCategory.COPYRIGHT)).isEmpty();
    assertThat(tags(post, TagCategory.META)).containsExactly("highres");
  }

  @Test
  void postsOfOldDumps() {
    Post post = post(THEN, RatingLetters.SQE);
    assertThat(post.id()).isEqualTo(12);
    assertThat(post.rating()).isEqualTo(Rating.GENERAL);
    assertThat(post.score()).isEqualTo(4);
    assertThat(post.favCount()).isEqualTo(3);
    assertThat(post.fileSize()).isEqualTo(77);
    assertThat(post.visible()).isTrue();
    assertThat(post.deleted()).isFalse();
    assertThat(post.banned()).isTrue();
    assertThat(tags(post, TagCategory.GENERAL)).containsExactly("1girl");
    assertThat(tags(post, TagCategory.CHARACTER)).containsExactly("x");
    assertThat(tags(post, TagCategory.COPYRIGHT)).containsExactly("y");
    assertThat(tags(post, TagCategory.ARTIST)).containsExactly("z");
    assertThat(tags(post, TagCategory.META)).containsExactly("scan");
    assertThat(post(THEN, RatingLetters.GSQE).rating()).isEqualTo(Rating.SENSITIVE);
  }

  @Test
  void valuesAsPandasWritesThem() {
    String json =
        NOW.replace("\"id\":12", "\"id\":12.0")
            .replace("\"score\":-3", "\"score\":NaN")
            .replace("\"fav_count\":9", "\"fav_count\":\"9.0\"")
            .replace("\"image_width\":600", "\"image_width\":6e2")
            .replace("\"2022-02-03T04:05:06.000-05:00\"", "1643861045000")
            .replace("\"bit_flags\":0", "\"bit_flags\":null,\"md5\":\"\",\"is_deleted\":\"True\"")
            .replace(
                "\"tag_string_meta\":\"highres\"", "\"tag_string_meta\":NaN,\"file_url\":\"None\"");
    Post post = post(json, RatingLetters.GSQE);
    assertThat(post.id()).isEqualTo(12);
    assertThat(post.score()).isZero();
    assertThat(post.favCount()).isEqualTo(9);
    assertThat(post.imageWidth()).isEqualTo(600);
    assertThat(post.createdAt()).hasToString("2022-02-03T04:04:05Z");
    assertThat(post.md5()).as("a hash of nothing tells nothing").isNull();
    assertThat(post.visible()).isFalse();
    assertThat(post.deleted()).isTrue();
    assertThat(tags(post, TagCategory.META)).isEmpty();
    assertThat(post(NOW.replace("\"s\"", "\"Sensitive\""), RatingLetters.GSQE).rating())
        .isEqualTo(Rating.SENSITIVE);
    assertThat(post(NOW.replace("\"s\"", "3"), RatingLetters.GSQE).rating())
        .isEqualTo(Rating.EXPLICIT);
  }

  @Test
  void aDateMayBeAFractionOfSeconds() {
    String date = "\"2022-02-03T04:05:06.000-05:00\"";
    assertThat(post(NOW.replace(date, "1620284889.5"), RatingLetters.GSQE).createdAt())
        .hasToString("2021-05-06T07:08:09.500Z");
    assertThat(post(NOW.replace(date, "NaN"), RatingLetters.GSQE).createdAt()).hasToString("");
    for (String far : new String[] {"1e30", "Infinity"}) {
      assertThatThrownBy(() -> post(NOW.replace(date, far), RatingLetters.GSQE))
          .hasMessageStartingWith("Invalid created_at: " + far + " (must be a date");
    }
  }

  @Test
  void theLeastOfAllScoresIsNotAMissingOne() {
    assertThatThrownBy(() -> post(NOW.replace(":-3", ":" + Long.MIN_VALUE), RatingLetters.GSQE))
        .hasMessageStartingWith("Invalid score: -9223372036854775808 (must be between ");
  }

  @Test
  void anIdIsWholeAndOne() {
    assertThatThrownBy(() -> post(NOW.replace(":12,", ":4.5,"), RatingLetters.GSQE))
        .hasMessage("Invalid id: 4.5 (must be a whole number)");
    assertThatThrownBy(() -> post(NOW.replace(":12,", ":NaN,"), RatingLetters.GSQE))
        .hasMessage("Missing field: id");
    assertThatThrownBy(() -> post(NOW.replace(":12,", ":12,\"id\":13,"), RatingLetters.GSQE))
        .hasMessage("Invalid id: 13 (the post has the id 12 already)");
    assertThat(post(NOW.replace(":12,", ":9223372036854775807,"), RatingLetters.GSQE).id())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aTakenDownPostCountsAsBanned() {
    String flagged = NOW.replace("\"bit_flags\":0", "\"bit_flags\":6");
    assertThat(post(flagged, RatingLetters.GSQE).banned()).isTrue();
  }

  @Test
  void aPostThatIsNotDrawnIsNotReadToItsEnd() {
    byte[] line = "{\"id\":12,\"rating\":broken".getBytes(StandardCharsets.UTF_8);
    PostDraft draft = new PostDraft();
    assertThat(new JsonPost(RatingLetters.GSQE).read(line, 0, line.length, draft, id -> id != 12))
        .isFalse();
  }

  @Test
  void anIdThatOpensTheLineIsReadLikeAnyOther() {
    for (String opening :
        new String[] {
          "{\"id\":7,", "{\"id\":0,", "{\"id\": 7,", "{\"id\":\"7\",", "{\"id\":7,\"id\":8"
        }) {
      byte[] line = opening.getBytes(StandardCharsets.UTF_8);
      assertThat(JsonPost.id(line, 0, line.length))
          .as(opening)
          .isEqualTo(opening.contains("0") ? 0 : 7);
    }
    for (String opening :
        new String[] {"{\"id\":07,", "{\"id\":,", "{\"id\":-7,", "{\"id\":" + "9".repeat(20)}) {
      byte[] line = opening.getBytes(StandardCharsets.UTF_8);
      assertThat(JsonPost.id(line, 0, line.length)).as(opening).isNegative();
    }
  }

  @Test
  void theIdAloneIsFoundWhereverItStands() {
    byte[] last = "{\"a\":{\"id\":3},\"b\":[1],\"id\":\"7\"".getBytes(StandardCharsets.UTF_8);
    byte[] none = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
    byte[] wrong = "{\"id\":\"x\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(JsonPost.id(last, 0, last.length)).isEqualTo(7);
    assertThat(JsonPost.id(none, 0, none.length)).isEqualTo(-1);
    assertThat(JsonPost.id(wrong, 0, wrong.length)).isEqualTo(-1);
  }

  /** The parser counts bytes from the line's start, wherever that is and whatever precedes. */
  @Test
  void textsAreTakenFromTheirPlaceInTheBuffer() {
    byte[] before = "{\"id\":1} \n".getBytes(StandardCharsets.UTF_8);
    for (String mark : new String[] {"", "\uFEFF", "  "}) {
      byte[] line = (mark + NOW).getBytes(StandardCharsets.UTF_8);
      byte[] buffer = java.util.Arrays.copyOf(before, before.length + line.length + 3);
      System.arraycopy(line, 0, buffer, before.length, line.length);
      PostDraft draft = new PostDraft();
      new JsonPost(RatingLetters.GSQE).read(buffer, before.length, line.length, draft, id -> true);
      assertThat(draft.createdAt).hasToString("2022-02-03T04:05:06.000-05:00");
      assertThat(draft.fileExt).hasToString("png");
      assertThat(draft.tags[TagCategory.GENERAL.ordinal()]).hasToString("1girl caf\u00e9 \"q\"");
      assertThat(draft.tags[TagCategory.META.ordinal()]).hasToString("highres");
    }
  }

  @Test
  void aTextWithoutItsEndIsNoPost() {
    byte[] line = NOW.substring(0, NOW.length() - 4).getBytes(StandardCharsets.UTF_8);
    byte[] buffer = java.util.Arrays.copyOf(line, line.length + 1);
    buffer[line.length] = '"';
    PostDraft draft = new PostDraft();
    assertThatThrownBy(
            () -> new JsonPost(RatingLetters.GSQE).read(buffer, 0, line.length, draft, id -> true))
        .isInstanceOf(MalformedPostException.class)
        .hasMessageStartingWith("Cannot read post: ");
  }

  @Test
  void wrongTypesNameTheField() {
    assertThatThrownBy(() -> post(NOW.replace("\"highres\"", "7"), RatingLetters.GSQE))
        .hasMessage("Invalid tag_string_meta: 7 (must be a text)");
    assertThatThrownBy(() -> post(NOW.replace(":9,", ":9.5,"), RatingLetters.GSQE))
        .hasMessage("Invalid fav_count: 9.5 (must be a whole number)");
    for (String beyond : List.of("-9223372036854775808", "9223372036854775808", "1e400")) {
      assertThatThrownBy(() -> post(NOW.replace(":9,", ":" + beyond + ","), RatingLetters.GSQE))
          .hasMessage("Invalid fav_count: %s (must be between -2^63 and 2^63)".formatted(beyond));
    }
    assertThatThrownBy(() -> post(NOW.replace("\"png\"", "{}"), RatingLetters.GSQE))
        .hasMessage("Invalid file_ext: a structure (must be a text)");
    assertThatThrownBy(
            () -> post(THEN.replace("\"1\",\"favs\"", "\"no\",\"favs\""), RatingLetters.SQE))
        .hasMessage("Invalid is_banned: no (must be true or false)");
    assertThatThrownBy(
            () -> post(THEN.replace("\"category\":1", "\"category\":2"), RatingLetters.SQE))
        .hasMessage("Unknown tag category: 2 (one of 0, 1, 3, 4, 5)");
    assertThatThrownBy(() -> post(NOW.replace("\"id\":12", "\"id\":-1"), RatingLetters.GSQE))
        .hasMessage("Invalid id: -1 (must be at least 0)");
  }
}
