package io.kohaku.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.NullNode;
import io.kohaku.provenance.Manifest;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AccountingTest {
  private static Manifest manifest(
      String stage, String output, long rows, Map<String, Long> counts, Map<String, Long> rejects) {
    return new Manifest(
        stage,
        "1",
        1,
        "f",
        NullNode.getInstance(),
        new TreeMap<>(),
        new TreeMap<>(Map.of(output, new Manifest.Output("p", rows, 1, 1, "s", "s"))),
        new TreeMap<>(rejects),
        new TreeMap<>(counts),
        1);
  }

  @Test
  void everyPostIsSomewhere() {
    Manifest select =
        manifest(
            "select",
            "posts",
            5,
            Map.of("read", 10L, "not-drawn", 2L),
            Map.of("deleted", 2L, "banned", 1L));
    Manifest encode = manifest("encode", "latents", 5, Map.of("selected", 5L), Map.of());
    assertThat(Accounting.of(Map.of("select", select, "encode", encode)))
        .as("an older version's manifest")
        .containsExactly(
            "posts read 10 = selected 5 + not drawn 2 + rejected 3 (banned 1, deleted 2)",
            "posts selected 5 = latents 5");
  }

  private static Map<String, Manifest> encoded(long latents, long reused, long imported) {
    Map<String, Long> counts =
        Map.of("selected", 320L, "reused", reused, "imported", imported, "encoded", 20L);
    return Map.of(
        "encode",
        manifest("encode", "latents", latents, counts, Map.of("no-image", 320 - latents)));
  }

  @Test
  void everyLatentComesFromSomewhere() {
    assertThat(Accounting.of(encoded(300, 280, 0)))
        .containsExactly(
            "posts selected 320 = latents 300 (reused 280, imported 0, encoded 20) + rejected 20 (no-image 20)");
    assertThat(Accounting.of(encoded(25, 2, 3)))
        .containsExactly(
            "posts selected 320 = latents 25 (reused 2, imported 3, encoded 20) + rejected 295 (no-image 295)");
  }

  @Test
  void aLatentOfUnknownOriginIsABug() {
    assertThatThrownBy(() -> Accounting.of(encoded(300, 278, 1)))
        .hasMessage(
            "Cannot account for all latents: 300 are not 278 reused + 1 imported + 20 encoded");
  }

  @Test
  void aLostPostIsABug() {
    Manifest encode = manifest("encode", "latents", 4, Map.of("selected", 5L), Map.of());
    assertThatThrownBy(() -> Accounting.of(Map.of("encode", encode)))
        .hasMessage(
            "Cannot account for all posts selected: 5 are not 4 kept + 0 not drawn + 0 rejected");
  }
}
