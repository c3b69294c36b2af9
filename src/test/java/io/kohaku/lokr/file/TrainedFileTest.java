package io.kohaku.lokr.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.TinyLayers;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainedFileTest {
  private static final LokrOptions RANK =
      LokrOptions.fullMatrix(4).without(LokrFlag.FULL_MATRIX).withRank(2, 1);

  private static final TrainingFacts FACTS = new TrainingFacts(65, 13, 4, 0, 3);

  @TempDir Path folder;
  private NDManager manager;

  @BeforeEach
  void enter() {
    Autograd.enterThread();
    manager = Natives.manager(Device.cpu());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void aTrainedFileKeepsEveryParameterAndTheFactsOfTheRun() throws IOException {
    LokrNetwork network = network(RANK.with(LokrFlag.SCALAR));
    try (LokrFile trained = trained(network)) {
      assertThat(TrainingFacts.of(trained)).isEqualTo(FACTS);
      LokrNetwork read =
          LokrNetwork.create(manager, trained.layers(TinyLayers.ALL), trained.values());
      assertThat(read.parameters().keySet())
          .containsExactlyElementsOf(network.parameters().keySet());
      network
          .parameters()
          .forEach(
              (name, parameter) ->
                  assertThat(read.parameters().get(name).toFloatArray())
                      .as(name)
                      .isEqualTo(parameter.toFloatArray()));
    }
  }

  @Test
  void aFileOfAnotherProgramHasNoFacts() throws IOException {
    Path file = folder.resolve("x.safetensors");
    try (LokrFile trained = trained(network(RANK))) {
      LokrFileWriter.write(file, trained, Dtype.F16, Map.of());
    }
    try (LokrFile read = LokrFile.open(file)) {
      assertThatThrownBy(() -> TrainingFacts.of(read))
          .hasMessage(
              "Missing text: images in %s (an older version or another program wrote it; redo train)"
                  .formatted(file));
    }
  }

  private LokrFile trained(LokrNetwork network) throws IOException {
    Path file = folder.resolve("trained.safetensors");
    TrainedFile.write(file, network, FACTS);
    return LokrFile.open(file);
  }

  private LokrNetwork network(LokrOptions options) {
    return LokrNetwork.create(manager, TinyLayers.of(options), TinyLayers::formula);
  }
}
