package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** {@code docs/the-card.md} says what the tests compute, and nothing else. */
class TheCardPageTest {
  private static final Path PAGE = Path.of("docs/the-card.md");
  private static final Path WRITTEN = Path.of("target/the-card.md");

  @Test
  void thePageIsWrittenFromTheFacts() throws IOException {
    Files.createDirectories(WRITTEN.getParent());
    Files.writeString(WRITTEN, TheCard.page());
    assertThat(PAGE).as("as written to %s", WRITTEN).hasContent(TheCard.page());
  }

  @Test
  void everyAreaHasItsTest() throws ClassNotFoundException {
    for (TheCard.Area area : TheCard.areas()) {
      assertThat(area.facts()).isNotEmpty();
      assertThat(area.test()).endsWith("ConformanceTest");
      assertThat(Arrays.stream(Class.forName(area.test()).getDeclaredMethods()))
          .as(area.test())
          .anyMatch(method -> method.isAnnotationPresent(TestFactory.class));
    }
  }

  @Test
  void noCellBreaksItsRow() {
    assertThat(TheCard.areas().stream().flatMap(area -> area.facts().stream()))
        .allSatisfy(fact -> assertThat(fact.toString()).doesNotContain("|", "\n"))
        .allSatisfy(fact -> assertThat(fact.here()).isNotEqualTo(fact.says()));
  }
}
