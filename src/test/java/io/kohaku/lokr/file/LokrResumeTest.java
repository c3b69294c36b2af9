package io.kohaku.lokr.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.NormLayer;
import io.kohaku.lokr.Numbers;
import io.kohaku.lokr.TinyLayers;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whether a file fits an adapter is told by names and shapes, with file and settings named. */
class LokrResumeTest {
  private static final LokrOptions OPTIONS = LokrOptions.fullMatrix(4);
  private static final String AGREE = " (lokr.preset must select the layers of lokr.resume)";

  @TempDir private Path folder;
  @RegisterExtension final CpuTensors cpu = new CpuTensors();

  private Path file(List<LokrLayer> layers) throws IOException {
    TestFile file = new TestFile();
    for (LokrLayer layer : layers) {
      for (ParameterSpec parameter : layer.shape().parameters()) {
        int size = Math.toIntExact(parameter.shape().size());
        file.put(layer.tensor(parameter), Dtype.F32, parameter.shape().getShape(), new float[size]);
      }
    }
    return file.write(folder.resolve("x.safetensors"));
  }

  @Test
  void namesTheLayersThatTheFileLacksOrHasBesides() throws IOException {
    List<LokrLayer> own = TinyLayers.of(OPTIONS);
    List<LokrLayer> less = own.subList(1, own.size());
    Path file = file(less);
    List<LokrLayer> other = new ArrayList<>(own.subList(0, 1));
    other.addAll(own.subList(2, own.size()));
    try (LokrFile read = LokrFile.open(file)) {
      LokrResume.requireFit(less, read);
      assertThatThrownBy(() -> LokrResume.requireFit(own, read))
          .isInstanceOf(UnusableFileException.class)
          .hasMessage(
              "Cannot resume the adapter from %s: it lacks %s%s", file, own.get(0).name(), AGREE);
      assertThatThrownBy(() -> LokrResume.requireFit(less.subList(0, less.size() - 1), read))
          .hasMessage(
              "Cannot resume the adapter from %s: it has %s besides%s",
              file, less.get(less.size() - 1).name(), AGREE);
      assertThatThrownBy(() -> LokrResume.requireFit(other, read))
          .hasMessage(
              "Cannot resume the adapter from %s: it lacks %s and has %s besides%s",
              file, own.get(0).name(), own.get(1).name(), AGREE);
    }
  }

  @Test
  void otherKindsOfLayersAreNoStart() throws IOException {
    List<LokrLayer> own = TinyLayers.of(OPTIONS);
    String name = own.get(0).name();
    Path file =
        new TestFile()
            .put(name + ".lora_up.weight", Dtype.F32, new long[] {2, 1}, 1, 2)
            .put(name + ".lora_down.weight", Dtype.F32, new long[] {1, 2}, 1, 2)
            .write(folder.resolve("lora.safetensors"));
    try (LokrFile read = LokrFile.open(file)) {
      assertThatThrownBy(() -> LokrResume.requireFit(own, read))
          .isInstanceOf(UnusableFileException.class)
          .hasMessage(
              "Cannot resume the adapter from %s: %s is a LoRA layer (training goes on from LoKr layers alone; bake the file and train on the result)",
              file, name);
    }
  }

  @Test
  void trainedNormsGoOnWhereTheyWere() throws IOException {
    NormLayer norm = NormLayer.of(TinyLayers.norm());
    List<AdaptedModule> own = new ArrayList<>(TinyLayers.of(OPTIONS));
    own.add(norm);
    LokrNetwork network = LokrNetwork.create(cpu.manager(), own, TinyLayers::formula);
    Path path = folder.resolve("exported.safetensors");
    try (LokrFile trained = TrainedCase.write(folder, network)) {
      LokrFileWriter.write(path, trained, Dtype.F32, Map.of());
    }
    LokrNetwork other =
        LokrNetwork.create(
            cpu.manager(), own, (scope, module, parameter) -> scope.zeros(parameter.shape()));
    try (LokrFile read = LokrFile.open(path)) {
      LokrResume.load(other, read);
      assertThatThrownBy(() -> LokrResume.requireFit(TinyLayers.of(OPTIONS), read))
          .hasMessageContaining("not trained here, %s.b_norm, %<s.w_norm (lokr", norm.name());
    }
    network
        .parameters()
        .forEach(
            (name, values) ->
                assertThat(Numbers.difference(other.parameters().get(name), values))
                    .as(name)
                    .isZero());
  }

  @Test
  void normsThatTheFileDoesNotHaveStayAsTheyBegin() throws IOException {
    List<AdaptedModule> own = new ArrayList<>(TinyLayers.of(OPTIONS));
    own.add(NormLayer.of(TinyLayers.norm()));
    LokrNetwork network = LokrNetwork.create(cpu.manager(), own, TinyLayers::formula);
    try (LokrFile read = LokrFile.open(file(TinyLayers.of(OPTIONS)))) {
      LokrResume.load(network, read);
    }
    for (AdaptedModule module : own) {
      boolean norm = module instanceof NormLayer;
      for (NDArray values : network.parameters(module).values()) {
        assertThat(values.abs().max().getFloat() > 0).as(module.name()).isEqualTo(norm);
      }
    }
  }

  @Test
  void changesOfBiasesAreNoStart() throws IOException {
    Path file =
        new TestFile()
            .put("lora_unet_out_2.diff_b", Dtype.F32, new long[] {4}, 1, 2, 3, 4)
            .write(folder.resolve("bias.safetensors"));
    try (LokrFile read = LokrFile.open(file)) {
      assertThatThrownBy(() -> LokrResume.requireFit(List.of(), read))
          .hasMessageContaining(
              "it changes norms or biases that are not trained here, lora_unet_out_2.b_norm (lokr");
    }
  }

  @Test
  void namesBlocksOfOtherShapes() throws IOException {
    Path file = file(TinyLayers.of(OPTIONS));
    try (LokrFile read = LokrFile.open(file)) {
      List<LokrLayer> other = TinyLayers.of(LokrOptions.fullMatrix(8));
      assertThatThrownBy(() -> LokrResume.requireFit(other, read))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageStartingWith("Cannot resume the adapter from %s: lora_te1_", file)
          .hasMessageEndingWith(
              "lokr_w1 is (4, 4) in the file (the settings of lokr give it (8, 4))");
    }
  }
}
