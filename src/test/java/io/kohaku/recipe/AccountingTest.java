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
        "f",
        NullNode.getInstance(),
        new TreeMap<>(),
        new TreeMap<>(Map.of(output, new Manifest.Output("p", rows, 1, 1, "s"))),
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
        .containsExactly(
            "posts read 10 = selected 5 + not drawn 2 + rejected 3 (banned 1, deleted 2)",
            "posts selected 5 = latents 5");
  }

  @Test
  void aLostPostIsABug() {
    Manifest encode = manifest("encode", "latents", 4, Map.of("selected", 5L), Map.of());
    assertThatThrownBy(() -> Accounting.of(Map.of("encode", encode)))
        .hasMessage(
            "Cannot account for all posts selected: 5 are not 4 kept + 0 not drawn + 0 rejected");
  }
}
