package io.kohaku.caption;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import io.kohaku.Recipes;
import io.kohaku.post.Rating;
import io.kohaku.post.TagCategory;
import io.kohaku.settings.captions.CaptionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class CaptionerTest {
  private static final CaptionSettings DELTA = Recipes.delta().captions();

  private static String text(
      CaptionSettings settings, Captioner.Facts facts, Map<TagCategory, List<String>> tags) {
    return new Captioner(settings, Optional.of(QualityThresholds.DELTA))
        .caption(facts, category -> utf8(tags.getOrDefault(category, List.of())))
        .text()
        .toString();
  }

  private static UTF8String utf8(List<String> tags) {
    return UTF8String.fromString(String.join(" ", tags));
  }

  private static Captioner.Facts facts(int favCount) {
    return new Captioner.Facts(5, "2022-02-03T04:05:06.000-05:00", Rating.SENSITIVE, favCount);
  }

  @Test
  void captionsEqualTheGoldenOnes() throws IOException {
    CaptionSettings newest = Recipes.delta("captions.artist-blacklist=[banned]").captions();
    ObjectMapper json = new ObjectMapper();
    List<String> lines = Files.readAllLines(Golden.path("captions.jsonl"));
    assertThat(lines).hasSize(300);
    for (String line : lines) {
      JsonNode post = json.readTree(line);
      Rating rating = Rating.valueOf(post.get("rating").textValue().toUpperCase(Locale.ROOT));
      Captioner.Facts facts =
          new Captioner.Facts(
              post.get("id").longValue(),
              post.get("created_at").textValue(),
              rating,
              post.get("fav_count").intValue());
      String text =
          new Captioner(newest, Optional.of(QualityThresholds.DELTA))
              .caption(facts, category -> utf8(strings(post.at("/tags/" + category.key()))))
              .text()
              .toString();
      assertThat(text).isEqualTo(post.get("caption_delta_thresholds").textValue());
    }
  }

  private static List<String> strings(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::textValue).toList();
  }

  @Test
  void fixedWordsAreSpecialCharacterCopyrightArtist() {
    String text =
        text(
            DELTA,
            facts(15),
            Map.of(
                TagCategory.GENERAL, List.of("long_hair", "1girl", "o_o", "solo"),
                TagCategory.ARTIST, List.of("wokada", "banned_artist"),
                TagCategory.CHARACTER, List.of("hatsune_miku"),
                TagCategory.COPYRIGHT, List.of("vocaloid"),
                TagCategory.META, List.of("highres", "bad_pixiv_id", "photo_(medium)")));
    assertThat(text)
        .isEqualTo(
            "1girl, hatsune miku, vocaloid, wokada, banned artist, "
                + "|||long hair, o_o, solo, highres, newest, sensitive, normal quality");
  }

  @Test
  void aPostWithoutFixedWordsOpensWithTheMark() {
    assertThat(text(DELTA, facts(3), Map.of(TagCategory.GENERAL, List.of("sky"))))
        .isEqualTo(", |||sky, newest, sensitive, low quality");
  }

  @Test
  void eachQuirkHasItsSetting() {
    CaptionSettings changed =
        Recipes.delta(
                "captions.special-tags=[sky]",
                "captions.short-name=0",
                "captions.meta-blacklist=[]",
                "captions.artist-blacklist=[\"(style)\"]",
                "captions.rating-tags.sensitive=[a, b]",
                "captions.quality.strict=false")
            .captions();
    String text =
        text(
            changed,
            facts(15),
            Map.of(
                TagCategory.GENERAL, List.of("1girl", "", "o_o", "sky", " ", "\u3000"),
                TagCategory.ARTIST, List.of("some_(style)"),
                TagCategory.META, List.of("bad_id")));
    assertThat(text).isEqualTo("sky, |||1girl, o o, bad id, newest, a, b, good quality");
  }

  @Test
  void tagsWithQuotesCommasAndEmojiStayAsTheyAre() {
    String text =
        text(
            DELTA,
            facts(0),
            Map.of(
                TagCategory.GENERAL, List.of("\"hi\"", "a,_b", "😀_face", "😀_o", "東方_project")));
    assertThat(text)
        .isEqualTo(
            ", |||\"hi\", a, b, 😀 face, 😀_o, 東方 project, newest, sensitive, worst quality");
  }
}
