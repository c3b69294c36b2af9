package io.kohaku.caption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.Recipes;
import io.kohaku.post.Rating;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QualityWordsTest {
  private static QualityWords words(QualityThresholds thresholds, String... overrides) {
    return new QualityWords(thresholds, Recipes.delta(overrides).captions().quality());
  }

  @ParameterizedTest
  @CsvSource({
    "GENERAL, 0, worst quality",
    "GENERAL, 1, worst quality",
    "GENERAL, 2, low quality",
    "GENERAL, 37, best quality",
    "GENERAL, 38, masterpiece",
    "SENSITIVE, 15, normal quality",
    "SENSITIVE, 16, good quality",
    "QUESTIONABLE, 76, great quality",
    "EXPLICIT, 262, best quality",
    "EXPLICIT, 263, masterpiece",
  })
  void aCountEqualToAThresholdStaysBelow(Rating rating, int favCount, String word) {
    assertThat(words(QualityThresholds.DELTA).of(1, rating, favCount)).contains(word);
  }

  @Test
  void withoutStrictACountEqualToAThresholdPasses() {
    QualityWords words = words(QualityThresholds.DELTA, "captions.quality.strict=false");
    assertThat(words.of(1, Rating.GENERAL, 37)).contains("masterpiece");
  }

  @Test
  void freshPostsHaveNoWord() {
    QualityWords words = words(QualityThresholds.DELTA);
    assertThat(words.of(7_000_000, Rating.GENERAL, 99)).contains("masterpiece");
    assertThat(words.of(7_000_001, Rating.GENERAL, 99)).isEmpty();
  }

  @Test
  void theLaterSchemeHasItsOwnThresholds() {
    QualityWords words = words(QualityThresholds.HAKUBOORU);
    assertThat(words.of(1, Rating.GENERAL, 28)).contains("masterpiece");
    assertThat(words.of(1, Rating.EXPLICIT, 45)).contains("normal quality");
  }

  @Test
  void thresholdsThatAreMissingOrDescendAreErrors() {
    Map<Rating, List<Integer>> one = Map.of(Rating.GENERAL, List.of(1, 2, 3, 4, 5, 6));
    QualityWords words = words(new QualityThresholds(one));
    assertThatThrownBy(() -> words.of(1, Rating.EXPLICIT, 5))
        .hasMessage(
            "Missing quality thresholds: rating explicit"
                + " (the posts they were fitted on have [GENERAL])");
    assertThatThrownBy(
            () -> new QualityThresholds(Map.of(Rating.GENERAL, List.of(2, 1, 3, 4, 5, 6))))
        .hasMessage(
            "Invalid quality thresholds: [2, 1, 3, 4, 5, 6] of rating general (must not descend)");
    assertThatThrownBy(() -> words(new QualityThresholds(Map.of(Rating.GENERAL, List.of(2)))))
        .hasMessageContaining("must be one more than the 1 thresholds [2]");
  }
}
