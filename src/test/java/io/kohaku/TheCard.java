package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The published facts of the model card's run, of {@code the-card/facts.json}, and the page that
 * lists them.
 */
public final class TheCard {
  private static final JsonNode ROOT = read();

  private TheCard() {}

  /**
   * One fact.
   *
   * @param key its name among those of its area
   * @param fact what it is about
   * @param source where it is from
   * @param says what it was in the card's run
   * @param here what it is in this program, if that is something else
   * @param check what this program's value is computed by
   */
  public record Fact(
      String key, String fact, String source, String says, Optional<String> here, String check) {
    /** What this program must compute. */
    String expected() {
      return here.orElse(says);
    }

    private String row() {
      List<String> cells = List.of(fact, source, says, here.orElse("the same"), check);
      return "| " + String.join(" | ", cells) + " |\n";
    }
  }

  /**
   * Facts that one test computes.
   *
   * @param title heading on the page
   * @param test name of the test's class
   * @param facts in the page's order
   */
  public record Area(String title, String test, List<Fact> facts) {
    private String text() {
      StringBuilder text = new StringBuilder("\n## " + title + "\n\n");
      text.append("| what | source | the card's run | here | computed from |\n");
      text.append("| --- | --- | --- | --- | --- |\n");
      facts.forEach(fact -> text.append(fact.row()));
      return text.toString();
    }
  }

  /** The areas in the page's order. */
  public static List<Area> areas() {
    List<Area> areas = new ArrayList<>();
    for (JsonNode area : ROOT.get("areas")) {
      List<Fact> facts = new ArrayList<>();
      area.get("facts").forEach(fact -> facts.add(fact(fact)));
      areas.add(new Area(area.get("title").asText(), area.get("test").asText(), facts));
    }
    return areas;
  }

  private static Fact fact(JsonNode fact) {
    return new Fact(
        fact.get("key").asText(),
        fact.get("fact").asText(),
        fact.get("source").asText(),
        fact.get("says").asText(),
        Optional.ofNullable(fact.get("here")).map(JsonNode::asText),
        fact.get("check").asText());
  }

  /** Images of the first buckets as published, by name, in the published order. */
  public static Map<String, Integer> buckets() {
    Map<String, Integer> buckets = new LinkedHashMap<>();
    ROOT.get("buckets")
        .forEach(each -> buckets.put(each.get("bucket").asText(), each.get("images").asInt()));
    return buckets;
  }

  /** A test for each fact of a class: what it computes is what the page says. */
  public static Stream<DynamicTest> tests(Class<?> test, Map<String, Callable<String>> computed) {
    Area area =
        areas().stream().filter(each -> each.test.equals(test.getName())).findFirst().orElseThrow();
    assertThat(area.facts.stream().map(Fact::key))
        .containsExactlyInAnyOrderElementsOf(computed.keySet());
    return area.facts.stream()
        .map(
            fact ->
                DynamicTest.dynamicTest(
                    fact.key,
                    () -> assertThat(computed.get(fact.key).call()).isEqualTo(fact.expected())));
  }

  /** The page. */
  public static String page() {
    StringBuilder page = new StringBuilder();
    ROOT.get("page").forEach(line -> page.append(line.asText()).append('\n'));
    areas().forEach(area -> page.append(area.text()));
    return page.toString();
  }

  private static JsonNode read() {
    try (InputStream file = TheCard.class.getResourceAsStream("/the-card/facts.json")) {
      return new ObjectMapper().readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
