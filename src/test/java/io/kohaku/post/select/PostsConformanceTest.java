package io.kohaku.post.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.kohaku.Recipes;
import io.kohaku.TheCard;
import io.kohaku.post.screen.IdSet;
import io.kohaku.settings.kind.SettingsValues;
import io.kohaku.settings.posts.BandSettings;
import io.kohaku.settings.posts.DrawFrom;
import io.kohaku.settings.posts.DrawMode;
import io.kohaku.settings.posts.PostSettings;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Which posts the card's run drew, by {@code conf/delta.conf}. */
class PostsConformanceTest {
  private static final PostSettings DELTA = Recipes.delta().posts();

  @TestFactory
  Stream<DynamicTest> facts() {
    return TheCard.tests(
        getClass(),
        Map.of(
            "bands", PostsConformanceTest::bands,
            "mode", PostsConformanceTest::mode,
            "choices", PostsConformanceTest::choices,
            "expected", PostsConformanceTest::expected,
            "different", PostsConformanceTest::different,
            "filter", PostsConformanceTest::filter));
  }

  private static String bands() {
    return DELTA.bands().stream().map(PostsConformanceTest::band).collect(Collectors.joining("; "));
  }

  private static String band(BandSettings band) {
    String ids =
        band.until().map(until -> band.from() + " to " + (until - 1)).orElse("from " + band.from());
    return ids + ": " + band.take().map(String::valueOf).orElse("all");
  }

  private static String mode() {
    assertThat(DELTA.mode()).isEqualTo(DrawMode.CARD);
    assertThat(DELTA.drawFrom()).isEqualTo(DrawFrom.ALL);
    return "with replacement, from the whole database, seed " + DELTA.seed();
  }

  private static String choices() {
    PythonRandom random = new PythonRandom(DELTA.seed());
    return Stream.generate(() -> Long.toString(random.nextChoice(499)))
        .limit(5)
        .collect(Collectors.joining(" "));
  }

  /** How many different posts k draws from N give: mean and deviation. */
  private static double[] expected(double n, double k) {
    double missed = Math.exp(k * Math.log1p(-1 / n));
    double bothMissed = Math.exp(k * Math.log1p(-2 / n));
    double variance = n * (n - 1) * bothMissed + n * missed - n * n * missed * missed;
    return new double[] {n * (1 - missed), Math.sqrt(variance)};
  }

  private static String expected() {
    return Stream.of(expected(2e6, 1e6), expected(3e6, 1e6))
        .map(each -> "%s ± %s".formatted(Math.round(each[0]), Math.round(each[1])))
        .collect(Collectors.joining(", "));
  }

  private static String different() {
    IdSet all = new IdSet();
    all.addRange(0, 5_000_000);
    IdSet drawn = new Draw(DELTA).of(all);
    long[] counts = new long[2];
    drawn.forEach(id -> counts[id < 3_000_000 ? 1 : 0]++);
    for (int band = 0; band < 2; band++) {
      double[] expected = expected(band == 0 ? 2e6 : 3e6, 1e6);
      assertThat((double) counts[band]).isCloseTo(expected[0], within(expected[1]));
    }
    return counts[0] + ", " + counts[1];
  }

  /** The rules that are on: switches, bounds and tags. */
  private static String filter() {
    SortedMap<String, JsonNode> rules = SettingsValues.all(DELTA.filter());
    rules.keySet().removeAll(List.of("still-extensions", "animated-tags"));
    rules.values().removeIf(rule -> rule.isNull() || rule.isEmpty() && !rule.asBoolean());
    return rules.isEmpty() ? "none" : rules.toString();
  }
}
