package io.kohaku.caption;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import io.kohaku.TheCard;
import io.kohaku.post.Rating;
import io.kohaku.post.TagCategory;
import io.kohaku.settings.captions.CaptionSettings;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The words of the card's run, by {@code conf/delta.conf}. */
class CaptionsConformanceTest {
  private static final CaptionSettings DELTA = Recipes.delta().captions();
  private static final String DATE = "2016-02-03T04:05:06.000-05:00";
  private static final Captioner CAPTIONER =
      new Captioner(DELTA, Optional.of(QualityThresholds.DELTA));

  @TestFactory
  Stream<DynamicTest> facts() {
    Map<String, Callable<String>> facts = new LinkedHashMap<>();
    facts.put("order", CaptionsConformanceTest::order);
    facts.put("special", CaptionsConformanceTest::special);
    facts.put("underscores", CaptionsConformanceTest::underscores);
    facts.put("meta", CaptionsConformanceTest::meta);
    facts.put("banned", CaptionsConformanceTest::banned);
    facts.put("ratings", CaptionsConformanceTest::ratings);
    facts.put("years", CaptionsConformanceTest::years);
    facts.put("undated", CaptionsConformanceTest::undated);
    for (Rating rating : Rating.values()) {
      facts.put(rating.name().toLowerCase(Locale.ROOT), () -> thresholds(rating));
    }
    facts.put("quality", CaptionsConformanceTest::quality);
    facts.put("fresh", CaptionsConformanceTest::fresh);
    return TheCard.tests(getClass(), facts);
  }

  private static Caption caption(Rating rating, String created, Map<TagCategory, String> tags) {
    return CAPTIONER.caption(
        new Captioner.Facts(5, created, rating, 0),
        category -> UTF8String.fromString(tags.getOrDefault(category, "")));
  }

  private static List<String> words(List<UTF8String> words) {
    return words.stream().map(UTF8String::toString).toList();
  }

  private static String order() {
    Caption caption =
        caption(
            Rating.SENSITIVE,
            DATE,
            Map.of(
                TagCategory.GENERAL, "general 1girl",
                TagCategory.CHARACTER, "character",
                TagCategory.COPYRIGHT, "series",
                TagCategory.ARTIST, "artist",
                TagCategory.META, "meta"));
    return caption
        .text()
        .toString()
        .replace("1girl", "special")
        .replace(", |||", "; three bars; ")
        .replace("mid", "year")
        .replace("sensitive", "rating")
        .replace("worst quality", "quality");
  }

  /** Those that the recipe lists and the caption's fixed part opens with. */
  private static String special() {
    List<String> tags = DELTA.specialTags();
    String all = String.join(" ", tags);
    List<String> fixed =
        words(caption(Rating.GENERAL, DATE, Map.of(TagCategory.GENERAL, all)).fixed());
    assertThat(fixed).hasSameSizeAs(tags);
    return "%s, from %s to %s".formatted(tags.size(), tags.get(0), tags.get(tags.size() - 1));
  }

  private static String underscores() {
    List<String> names = List.of("a_", "o_o", "o_oo", "a_bcd");
    Caption caption =
        caption(Rating.GENERAL, DATE, Map.of(TagCategory.GENERAL, String.join(" ", names)));
    int longest =
        words(caption.flexible()).stream()
            .filter(word -> word.contains("_"))
            .mapToInt(String::length)
            .max()
            .orElse(0);
    return "up to %s characters".formatted(longest);
  }

  private static String meta() {
    for (String part : DELTA.metaBlacklist()) {
      Caption caption =
          caption(Rating.GENERAL, DATE, Map.of(TagCategory.META, "x" + part + "x kept"));
      assertThat(words(caption.flexible())).contains("kept").noneMatch(word -> word.contains(part));
    }
    return String.join(" ", DELTA.metaBlacklist());
  }

  private static String banned() {
    Caption caption = caption(Rating.GENERAL, DATE, Map.of(TagCategory.ARTIST, "banned_artist"));
    return words(caption.fixed()).contains("banned artist") ? "stays" : "is left out";
  }

  private static String ratings() {
    Set<String> others = Set.of("mid", "worst quality");
    return Stream.of(Rating.GENERAL, Rating.SENSITIVE, Rating.QUESTIONABLE, Rating.EXPLICIT)
        .map(rating -> words(caption(rating, DATE, Map.of()).flexible()))
        .map(words -> words.stream().filter(word -> !others.contains(word)))
        .map(words -> words.collect(Collectors.joining(", ")))
        .collect(Collectors.joining("; "));
  }

  private static Optional<String> year(int year) {
    return new DateWords(DELTA).of(year + "-06-01T00:00:00.000-04:00");
  }

  private static String years() {
    Map<String, Integer> last = new LinkedHashMap<>();
    IntStream.rangeClosed(2005, 2030)
        .forEach(
            year -> CaptionsConformanceTest.year(year).ifPresent(word -> last.put(word, year)));
    assertThat(last.keySet()).containsExactly("old", "early", "mid", "recent", "newest");
    return last.values().stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static String undated() {
    assertThat(IntStream.range(1990, 2005).mapToObj(CaptionsConformanceTest::year))
        .allMatch(Optional.of("early")::equals);
    return new DateWords(DELTA).of("").orElse("none");
  }

  private static Optional<String> quality(long id, Rating rating, int favourites) {
    return new QualityWords(QualityThresholds.DELTA, DELTA.quality()).of(id, rating, favourites);
  }

  private static String thresholds(Rating rating) {
    return IntStream.range(0, 1000)
        .filter(count -> !quality(1, rating, count).equals(quality(1, rating, count + 1)))
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(" "));
  }

  private static String quality() {
    Set<String> words = new LinkedHashSet<>();
    IntStream.range(0, 1000).forEach(count -> words.add(quality(1, Rating.GENERAL, count).get()));
    return String.join(", ", words);
  }

  private static String fresh() {
    return String.valueOf(
        LongStream.rangeClosed(6_999_990, 7_000_010)
            .filter(id -> quality(id, Rating.GENERAL, 5).isPresent())
            .max()
            .getAsLong());
  }
}
