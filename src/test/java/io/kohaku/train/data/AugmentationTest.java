package io.kohaku.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import io.kohaku.train.plan.SampleKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private static final List<String> FIXED = List.of("1girl", "hatsune miku", "vocaloid", "wokada");
  private static final List<String> FLEXIBLE =
      List.of("long hair", "solo", "twintails", "highres", "newest", "safe", "good quality");

  private static Augmentation augmentation(String... overrides) {
    String[] keys =
        Arrays.stream(overrides)
            .map(override -> "captions.augmentation." + override)
            .toArray(String[]::new);
    return new Augmentation(Recipes.delta(keys).captions().augmentation());
  }

  private static SampleKey at(long position) {
    return new SampleKey(1, 0, position);
  }

  private static List<String> words(String text) {
    return List.of(text.split(", "));
  }

  @Test
  void fixedWordsOpenTheCaptionAndFlexibleOnesAreShuffledAndDropped() {
    Augmentation augmentation = augmentation();
    Set<List<String>> orders = new HashSet<>();
    double kept = 0;
    for (int position = 0; position < 2000; position++) {
      List<String> words = words(augmentation.text(FIXED, FLEXIBLE, at(position), 0));
      assertThat(words.subList(0, 4)).isEqualTo(FIXED);
      List<String> rest = words.subList(4, words.size());
      assertThat(rest).doesNotHaveDuplicates().isSubsetOf(FLEXIBLE);
      orders.add(rest);
      kept += rest.size();
    }
    assertThat(orders.size()).isGreaterThan(1500);
    assertThat(kept / 2000 / FLEXIBLE.size()).isBetween(0.885, 0.915);
  }

  @Test
  void wordsDependOnSeedEpochAndPositionAlone() {
    String one = augmentation().text(FIXED, FLEXIBLE, new SampleKey(1, 2, 3), 4);
    assertThat(augmentation().text(FIXED, FLEXIBLE, new SampleKey(1, 2, 3), 4)).isEqualTo(one);
    assertThat(augmentation().text(FIXED, FLEXIBLE, new SampleKey(1, 2, 3), 5)).isEqualTo(one);
    Set<String> others =
        IntStream.range(0, 20)
            .boxed()
            .flatMap(
                i ->
                    List.of(new SampleKey(i, 0, 0), new SampleKey(1, i + 1, 0), at(i + 100))
                        .stream())
            .map(key -> augmentation().text(FIXED, FLEXIBLE, key, 0))
            .collect(Collectors.toSet());
    assertThat(others.size()).isGreaterThan(55);
  }

  @Test
  void theWholeCaptionIsDroppedAtItsRateOrInEveryNthEpoch() {
    Augmentation sometimes = augmentation("caption-dropout=0.25");
    long empty =
        IntStream.range(0, 4000)
            .filter(position -> sometimes.text(FIXED, FLEXIBLE, at(position), 0).isEmpty())
            .count();
    assertThat(empty / 4000.0).isBetween(0.23, 0.27);
    Augmentation everySecond = augmentation("caption-dropout-every-epochs=2", "prefix=always");
    assertThat(everySecond.text(FIXED, FLEXIBLE, new SampleKey(1, 0, 0), 0)).isNotEmpty();
    assertThat(everySecond.text(FIXED, FLEXIBLE, new SampleKey(1, 1, 0), 0)).isEmpty();
  }

  @Test
  void keepTokensCountsWordsInPlaceOfTheFixedPart() {
    Augmentation augmentation = augmentation("keep-tokens=2", "tag-dropout=1");
    assertThat(augmentation.text(FIXED, FLEXIBLE, at(0), 0)).isEqualTo("1girl, hatsune miku");
    Augmentation more = augmentation("keep-tokens=20", "tag-dropout=1");
    List<String> all = new ArrayList<>(FIXED);
    all.addAll(FLEXIBLE);
    assertThat(words(more.text(FIXED, FLEXIBLE, at(0), 0))).isEqualTo(all);
  }

  @Test
  void theWarmUpCutsTheFlexiblePartBeforeItIsShuffled() {
    Augmentation augmentation =
        augmentation("warmup-steps=10", "warmup-minimum=1", "tag-dropout=0");
    for (int step = 0; step <= 12; step++) {
      int length = Math.min(7, (int) Math.floor(step * 6 / 10.0) + 1);
      String text = augmentation.text(List.of(), FLEXIBLE, new SampleKey(1, 0, 5), step);
      assertThat(words(text)).containsExactlyInAnyOrderElementsOf(FLEXIBLE.subList(0, length));
    }
  }

  @Test
  void nothingToDoGivesTheWordsInOrderOrTheRawText() {
    String[] idle = {"shuffle=false", "tag-dropout=0"};
    assertThat(augmentation(idle).text(List.of("a"), List.of("b", "c"), at(0), 0))
        .isEqualTo("a, b, c");
    Augmentation raw = augmentation("shuffle=false", "tag-dropout=0", "raw-when-idle=true");
    assertThat(raw.text(List.of("a"), List.of("b", "c"), at(0), 0)).isEqualTo("a, |||b, c");
  }

  @Test
  void prefixSuffixAndGroupedTags() {
    Augmentation augmentation =
        augmentation(
            "shuffle=false",
            "tag-dropout=0",
            "prefix=photo",
            "suffix=end",
            "secondary-separator=\";;;\"");
    assertThat(augmentation.text(List.of("a"), List.of("b;;;c"), at(0), 0))
        .isEqualTo("photo a, b, c end");
  }
}
