package io.kohaku.train.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kohaku.lokr.cost.LayerTokens;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.train.TinyTraining;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LayerModesTest {
  private static final LayerTokens TOKENS = new LayerTokens(1, 8, 8, 1);
  private static TinyTraining tiny;

  @TempDir Path folder;

  @BeforeAll
  static void open() throws Exception {
    tiny = new TinyTraining(ModelOptions.DEFAULT, false);
  }

  @AfterAll
  static void close() {
    tiny.close();
  }

  private LayerModes decide() throws Exception {
    return LayerModes.decide(folder, tiny.networks, TOKENS, Dtype.F32);
  }

  private static int layers() {
    return tiny.networks.adapter().layers().size();
  }

  private static float loss(String letters) {
    new LayerModes(letters).apply(tiny.networks);
    try (MemoryScope scope = MemoryScope.open(tiny.networks.sdxl().manager())) {
      return tiny.networks.evaluate(scope.manager(), tiny.inputs(scope.manager(), ""))[0];
    }
  }

  @Test
  void whatAnEarlierStartDecidedHolds() throws Exception {
    LayerModes first = decide();
    assertThat(first.letters()).hasSize(layers()).matches("[mb]+");
    assertThat(decide()).isEqualTo(first);
    String other = first.letters().replace('m', 'x').replace('b', 'm').replace('x', 'b');
    Files.writeString(folder.resolve("layer-modes.txt"), other + "\n");
    assertThat(decide().letters()).isEqualTo(other);
    assertThat(folder).isDirectoryNotContaining("glob:**.staging-*");
  }

  @Test
  void bothWaysGiveTheSameLoss() {
    float merged = loss("m".repeat(layers()));
    float bypass = loss("b".repeat(layers()));
    assertThat(bypass).isCloseTo(merged, within(1e-4f));
    assertThat(bypass).as("another order of sums").isNotEqualTo(merged);
    assertThat(loss("f".repeat(layers()))).as("as older runs wrote it").isEqualTo(bypass);
  }

  @Test
  void aDecisionForOtherLayersIsRefused() {
    assertThatThrownBy(() -> new LayerModes("mf").apply(tiny.networks))
        .hasMessage(
            "Invalid layer-modes.txt: 2 letters (m or b for each of %s layers; remove the run's checkpoints)",
            layers());
  }
}
