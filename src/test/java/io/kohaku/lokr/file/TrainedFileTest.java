package io.kohaku.lokr.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.TinyLayers;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.Dtype;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class TrainedFileTest {

  @TempDir Path folder;
  @RegisterExtension final CpuTensors cpu = new CpuTensors();

  @Test
  void aTrainedFileKeepsEveryParameterAndTheFactsOfTheRun() throws IOException {
    LokrNetwork network = TinyLayers.network(cpu.manager(), TinyLayers.RANK.with(LokrFlag.SCALAR));
    try (LokrFile trained = TrainedCase.write(folder, network)) {
      assertThat(TrainingFacts.of(trained)).isEqualTo(TrainedCase.FACTS);
      LokrNetwork read =
          LokrNetwork.create(cpu.manager(), trained.layers(TinyLayers.ALL), trained.values());
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
    try (LokrFile trained =
        TrainedCase.write(folder, TinyLayers.network(cpu.manager(), TinyLayers.RANK))) {
      LokrFileWriter.write(file, trained, Dtype.F16, Map.of());
    }
    try (LokrFile read = LokrFile.open(file)) {
      assertThatThrownBy(() -> TrainingFacts.of(read))
          .hasMessage(
              "Missing text: images in %s (an older version or another program wrote it; redo train)"
                  .formatted(file));
    }
  }
}
