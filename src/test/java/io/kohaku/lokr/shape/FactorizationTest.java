package io.kohaku.lokr.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class FactorizationTest {

  @Test
  void splitsAsTheReferenceDoes() throws IOException {
    JsonNode cases = new ObjectMapper().readTree(Golden.path("factorization.json").toFile());
    assertThat(cases).hasSizeGreaterThan(500);
    for (JsonNode c : cases) {
      int dimension = c.get("dim").asInt();
      int factor = c.get("factor").asInt();
      assertThat(Factorization.of(dimension, factor))
          .as("%d by %d", dimension, factor)
          .isEqualTo(new Factorization(c.get("m").asInt(), c.get("n").asInt()));
    }
  }

  @Test
  void refusesAnEmptyDimension() {
    assertThatThrownBy(() -> Factorization.of(0, 4))
        .hasMessage("Invalid dimension: 0 (at least 1)");
  }
}
