package io.kohaku.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import io.kohaku.TheCard;
import io.kohaku.train.plan.SampleKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the card's run did with a caption at each step, by {@code conf/delta.conf}. */
class AugmentationConformanceTest {
  private static final Augmentation DELTA =
      new Augmentation(Recipes.delta().captions().augmentation());
  private static final List<String> FIXED = List.of("1girl", "hatsune miku", "vocaloid", "wokada");
  private static final List<String> FLEXIBLE =
      List.of("long hair", "solo", "twintails", "highres", "newest", "safe", "good quality");
  private static final int PLACES = 2000;

  private final List<List<String>> texts =
      IntStream.range(0, PLACES).mapToObj(AugmentationConformanceTest::words).toList();

  private static List<String> words(int place) {
    return List.of(DELTA.text(FIXED, FLEXIBLE, new SampleKey(1337, 0, place), 0).split(", "));
  }

  @TestFactory
  Stream<DynamicTest> facts() {
    return TheCard.tests(
        getClass(),
        Map.of("fixed", this::fixed, "shuffled", this::shuffled, "dropped", this::dropped));
  }

  private String fixed() {
    assertThat(texts).allMatch(words -> words.subList(0, FIXED.size()).equals(FIXED));
    return "never moved, never left out";
  }

  /** Of 2000 places each of seven tags is first in 286 ± 16: three deviations are 0.024 of all. */
  private String shuffled() {
    Map<String, Integer> firsts = new HashMap<>();
    texts.forEach(words -> firsts.merge(words.get(FIXED.size()), 1, Integer::sum));
    assertThat(FLEXIBLE)
        .allSatisfy(word -> assertThat(firsts.get(word) / (double) PLACES).isBetween(0.113, 0.173));
    return "shuffled";
  }

  private String dropped() {
    double kept =
        texts.stream().flatMapToDouble(words -> DoubleStream.of(words.size() - FIXED.size())).sum();
    return Math.round(100 * (1 - kept / PLACES / FLEXIBLE.size())) + " %";
  }
}
