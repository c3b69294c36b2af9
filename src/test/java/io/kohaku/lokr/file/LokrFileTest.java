package io.kohaku.lokr.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.Initialization;
import io.kohaku.lokr.LokrCase;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.Numbers;
import io.kohaku.lokr.TinyLayers;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.WeightDecomposition;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.ModelHashes;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LokrFileTest {

  @TempDir Path folder;
  @RegisterExtension final CpuTensors cpu = new CpuTensors();

  static Stream<LokrOptions> variants() {
    Stream<LokrOptions> golden = LokrCase.all().stream().map(LokrCase::options);
    Stream<LokrOptions> scalars =
        Stream.of(
            TinyLayers.RANK.with(LokrFlag.SCALAR),
            TinyLayers.RANK
                .withRank(1, 2)
                .withFactor(8)
                .with(LokrFlag.DECOMPOSE_BOTH)
                .with(LokrFlag.SCALAR),
            LokrOptions.fullMatrix(8).with(LokrFlag.SCALAR));
    return Stream.concat(golden, scalars);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void keepsTheDeltaOfEveryVariant(LokrOptions options) throws IOException {
    LokrNetwork network = TinyLayers.network(cpu.manager(), options);
    Path file = folder.resolve("x.safetensors");
    for (Dtype dtype : List.of(Dtype.F32, Dtype.F16, Dtype.BF16)) {
      publish(file, network, dtype, Map.of());
      double tolerance = dtype == Dtype.F32 ? 1e-6 : dtype == Dtype.F16 ? 2e-3 : 2e-2;
      try (LokrFile read = LokrFile.open(file)) {
        assertSameDeltas(
            LokrNetwork.create(cpu.manager(), read.layers(TinyLayers.ALL), read.values()),
            network,
            tolerance);
        LokrNetwork resumed =
            LokrNetwork.create(
                cpu.manager(), network.layers(), new Initialization(3, LokrFileTest::baseWeight));
        LokrResume.load(resumed, read);
        assertSameDeltas(resumed, network, tolerance);
      }
    }
  }

  @Test
  void writesKohyasNamesInOneNumberFormatWithFiniteAlphas() throws IOException {
    LokrNetwork network =
        TinyLayers.network(cpu.manager(), TinyLayers.RANK.withRank(10_000_000_000_000L, 1));
    Path file = folder.resolve("x.safetensors");
    publish(file, network, Dtype.F16, Map.of());
    try (SafeTensors read = SafeTensors.open(file)) {
      String name = "lora_unet_input_blocks_3_0_op";
      assertThat(read.tensors().keySet())
          .contains(name + ".alpha", name + ".lokr_w1", name + ".lokr_w2")
          .hasSize(3 * network.layers().size());
      assertThat(read.tensors().values()).extracting(TensorInfo::dtype).containsOnly(Dtype.F16);
      assertThat(read.info(name + ".alpha").shape()).isEmpty();
      assertThat(read.read(cpu.manager(), name + ".alpha", Dtype.F32).getFloat()).isEqualTo(65504);
    }
  }

  @Test
  void carriesMetadataAndTheHashesOfItsTensors() throws IOException {
    LokrNetwork network = TinyLayers.network(cpu.manager(), LokrOptions.fullMatrix(4));
    Path file = folder.resolve("x.safetensors");
    Map<String, String> metadata = Map.of("ss_steps", "7", "modelspec.title", "x");
    publish(file, network, Dtype.F32, metadata);
    try (LokrFile read = LokrFile.open(file);
        LokrFile trained = TrainedCase.write(folder, network)) {
      ModelHashes expected =
          ModelHashes.ofTensors(
              Map.of("ss_steps", "7"), LokrFileWriter.tensors(trained, Dtype.F32));
      assertThat(read.metadata())
          .containsAllEntriesOf(metadata)
          .containsEntry("sshs_model_hash", expected.sha256())
          .containsEntry("sshs_legacy_hash", expected.legacy())
          .hasSize(4);
    }
  }

  @Test
  void readsWholeAndInfiniteAlphasOfLycoris() throws IOException {
    LokrNetwork network = TinyLayers.network(cpu.manager(), LokrOptions.fullMatrix(4));
    Path file = folder.resolve("x.safetensors");
    for (TensorSource alpha : List.of(whole(), infinite())) {
      try (LokrFile trained = TrainedCase.write(folder, network)) {
        List<TensorSource> tensors = new ArrayList<>();
        for (TensorSource tensor : LokrFileWriter.tensors(trained, Dtype.F32)) {
          boolean isAlpha = tensor.name().endsWith(".alpha");
          tensors.add(
              isAlpha
                  ? new TensorSource(tensor.name(), alpha.dtype(), alpha.shape(), alpha.content())
                  : tensor);
        }
        SafeTensorsWriter.write(file, Map.of(), tensors);
      }
      try (LokrFile read = LokrFile.open(file)) {
        LokrNetwork opened =
            LokrNetwork.create(cpu.manager(), read.layers(TinyLayers.ALL), read.values());
        assertSameDeltas(opened, network, 0);
        assertThat(opened.layers()).allMatch(layer -> Double.isFinite(layer.shape().alpha()));
      }
    }
  }

  @Test
  void putsAnotherScaleIntoTheSmallBlockWhenResuming() throws IOException {
    LokrNetwork network = TinyLayers.network(cpu.manager(), TinyLayers.RANK.withRank(2, 6));
    Path file = folder.resolve("x.safetensors");
    publish(file, network, Dtype.F32, Map.of());
    LokrNetwork other = TinyLayers.network(cpu.manager(), TinyLayers.RANK);
    try (LokrFile read = LokrFile.open(file)) {
      LokrResume.load(other, read);
    }
    assertSameDeltas(other, network, 1e-6);
  }

  @Test
  void namesWhatDoesNotFit() throws IOException {
    Path file = folder.resolve("x.safetensors");
    publish(
        file, TinyLayers.network(cpu.manager(), LokrOptions.fullMatrix(4)), Dtype.F32, Map.of());
    try (LokrFile read = LokrFile.open(file)) {
      assertThatThrownBy(() -> read.layers(TinyLayers.ALL.subList(0, 0)))
          .hasMessageStartingWith("Unknown layers: lora_te1_text_model_encoder_layers_0_mlp_fc1, ")
          .hasMessageEndingWith(" and 4 more in " + file + " (the networks do not have them)");
      assertThatThrownBy(
              () ->
                  LokrResume.load(
                      TinyLayers.network(cpu.manager(), LokrOptions.fullMatrix(8)), read))
          .hasMessageContaining(
              "lora_te1_text_model_encoder_layers_0_mlp_fc1.lokr_w1 is (4, 4) in the file"
                  + " (the settings of lokr give it (8, 4))");
      assertThatThrownBy(
              () -> LokrResume.load(TinyLayers.network(cpu.manager(), TinyLayers.RANK), read))
          .hasMessageContaining(".lokr_w2_a is missing in the file (the settings of lokr give it ");
    }
  }

  @Test
  void doesNotResumeFromNumbersThatAreNone() throws IOException {
    Path file = folder.resolve("x.safetensors");
    LokrNetwork network = TinyLayers.network(cpu.manager(), TinyLayers.RANK);
    LokrLayer last = network.layers().get(network.layers().size() - 1);
    network.parameters(last).get("lokr_w1").muli(Float.NaN);
    publish(file, network, Dtype.F32, Map.of());
    try (LokrFile read = LokrFile.open(file)) {
      assertThatThrownBy(
              () -> LokrResume.load(TinyLayers.network(cpu.manager(), TinyLayers.RANK), read))
          .isInstanceOf(UnusableFileException.class)
          .hasMessage(
              "Cannot resume the adapter: tensor %s.lokr_w1 of the adapter %s has numbers that are none",
              last.name(), file);
    }
  }

  private static void assertSameDeltas(LokrNetwork actual, LokrNetwork expected, double tolerance) {
    assertThat(actual.layers())
        .extracting(LokrLayer::name)
        .containsExactlyElementsOf(expected.layers().stream().map(LokrLayer::name).toList());
    for (int i = 0; i < actual.layers().size(); i++) {
      LokrLayer layer = actual.layers().get(i);
      LokrLayer other = expected.layers().get(i);
      try (NDManager scope = Natives.manager(Device.cpu())) {
        NDArray delta = TinyLayers.delta(scope, actual, layer);
        assertThat(Numbers.difference(delta, TinyLayers.delta(scope, expected, other)))
            .as(layer.name())
            .isLessThanOrEqualTo(tolerance);
        if (layer.shape().decomposition() != WeightDecomposition.NONE) {
          assertThat(
                  Numbers.difference(
                      actual.parameters(layer).get("dora_scale"),
                      expected.parameters(other).get("dora_scale")))
              .isLessThanOrEqualTo(tolerance);
        }
      }
    }
  }

  private void publish(Path file, LokrNetwork network, Dtype dtype, Map<String, String> metadata)
      throws IOException {
    try (LokrFile trained = TrainedCase.write(folder, network)) {
      LokrFileWriter.write(file, trained, dtype, metadata);
    }
  }

  private static NDArray baseWeight(NDManager scope, io.kohaku.sdxl.layout.AdaptableLayer layer) {
    return TinyLayers.base(scope, layer);
  }

  private static TensorSource whole(String name) {
    return TensorSource.of(name, Dtype.I64, new long[0], new byte[] {4, 0, 0, 0, 0, 0, 0, 0});
  }

  private static TensorSource whole() {
    return whole("alpha");
  }

  private static TensorSource infinite() {
    byte[] half =
        ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 0x7c00).array();
    return TensorSource.of("alpha", Dtype.F16, new long[0], half);
  }
}
