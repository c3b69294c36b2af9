package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.lokr.preset.BuiltInPreset;
import io.kohaku.lokr.preset.LayerSelection;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.preset.Preset;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gradients of the whole training loss through the tiny SDXL, in both ways of applying. */
final class TrainLossIT {
  @TempDir Path folder;
  private SafeTensors golden;
  private Sdxl sdxl;
  private LokrNetwork network;

  @BeforeEach
  void open() throws IOException {
    Autograd.enterThread();
    golden = SafeTensors.open(Golden.path("tiny-sdxl-vectors.safetensors"));
    Path file = folder.resolve("tiny.safetensors");
    TinySdxl.load().write(file);
    try (SdxlCheckpoint checkpoint =
        SdxlCheckpoint.open(file, Optional.empty(), ModelOptions.DEFAULT)) {
      sdxl = Sdxl.open(checkpoint, Device.cpu(), LokrKernels.layers());
    }
    Preset preset = PresetFile.load(Golden.path("parity-preset.toml").toString());
    List<AdaptedModule> layers =
        LayerSelection.select(preset, NetworkOptions.fullMatrix(4), sdxl.modules().layers());
    network = LokrNetwork.create(sdxl.manager(), layers, start());
  }

  @AfterEach
  void close() {
    network.close();
    sdxl.close();
    golden.close();
  }

  @Test
  void anUntrainedAdapterChangesNothing() {
    attach(ApplyMode.MERGED);
    try (MemoryScope scope = MemoryScope.open(sdxl.manager())) {
      NDManager here = scope.manager();
      NDArray epsilon = predict(here, Tape.inference(here), "latents").array();
      assertThat(Numbers.difference(epsilon, golden.read(here, "unet_out", Dtype.F32)))
          .isLessThan(1e-4);
    }
  }

  @Test
  void untrainedLengthsChangeNothing() {
    for (boolean outputs : new boolean[] {true, false}) {
      LokrOptions options = LokrOptions.fullMatrix(4).with(LokrFlag.WEIGHT_DECOMPOSE);
      LokrOptions layer = outputs ? options : options.without(LokrFlag.DECOMPOSE_OVER_OUTPUTS);
      network.close();
      network =
          LokrNetwork.create(
              sdxl.manager(),
              LayerSelection.select(
                  BuiltInPreset.FULL.preset(),
                  new NetworkOptions(layer, 1, 1, false, Dropout.NONE),
                  sdxl.modules().layers()),
              start());
      anUntrainedAdapterChangesNothing();
    }
  }

  @Test
  void mergedOnARecordingTapeHasTheGradientsOfTheReference() throws IOException {
    trainsLikeTheReference(ApplyMode.MERGED, Tape::recording);
  }

  @Test
  void bypassOnACheckpointedTapeHasTheGradientsOfTheReference() throws IOException {
    trainsLikeTheReference(ApplyMode.BYPASS, Tape::checkpointed);
  }

  private void trainsLikeTheReference(ApplyMode mode, Function<NDManager, Tape> tapes)
      throws IOException {
    attach(mode);
    fillWithTheFormula();
    try (MemoryScope scope = MemoryScope.open(sdxl.manager())) {
      NDManager here = scope.manager();
      Tape tape = tapes.apply(here);
      Value epsilon = predict(here, tape, "noisy");
      Loss loss = Loss.of(here, epsilon.array(), golden);
      assertThat(loss.value())
          .isCloseTo(golden.read(here, "train_loss", Dtype.F32).getFloat(0), within(1e-5));
      tape.backward(epsilon, loss.gradient());
      double rounding = compareNorms(here);
      compareSample(here, rounding);
    }
  }

  private Initialization start() {
    return new Initialization(1, BaseWeights.of(sdxl));
  }

  private void attach(ApplyMode mode) {
    try (DropoutMasks none = new DropoutMasks(sdxl.manager(), List.of(), Dropout.NONE)) {
      network.attachTo(sdxl, ModeChoice.forced(mode), none);
    }
  }

  private void fillWithTheFormula() {
    try (MemoryScope scope = MemoryScope.open(sdxl.manager())) {
      network
          .parameters()
          .forEach(
              (name, leaf) -> {
                float[] values = FormulaWeights.values(name, leaf.getShape().getShape());
                for (int i = 0; i < values.length; i++) {
                  values[i] *= 0.5f;
                }
                NDArray wanted = scope.manager().create(values, leaf.getShape());
                ParameterKernels.shared().run("assign", leaf, wanted);
              });
    }
  }

  private Value predict(NDManager here, Tape tape, String latents) {
    Sdxl.Conditioning conditioning =
        sdxl.condition(
            tape,
            tape.input(golden.read(here, "te_ids1", Dtype.I64)),
            tape.input(golden.read(here, "te_ids2", Dtype.I64)),
            tape.input(sizes(here)));
    return sdxl.predict(
        tape,
        tape.input(golden.read(here, latents, Dtype.F32)),
        tape.input(golden.read(here, "timesteps", Dtype.I64)),
        conditioning);
  }

  private NDArray sizes(NDManager here) {
    float[] sizes = new float[12];
    String[] parts = {"size_original_hw", "size_crop_tl", "size_target_hw"};
    for (int part = 0; part < parts.length; part++) {
      float[] pairs = golden.read(here, parts[part], Dtype.F32).toFloatArray();
      for (int i = 0; i < pairs.length; i++) {
        sizes[i / 2 * 6 + part * 2 + i % 2] = pairs[i];
      }
    }
    return here.create(sizes, new Shape(2, 6));
  }

  /** Compares all norms; gives what counts as rounding beside the largest of them. */
  private double compareNorms(NDManager here) throws IOException {
    JsonNode norms = new ObjectMapper().readTree(Golden.path("lokr-grad-norms.json").toFile());
    Map<String, NDArray> parameters = network.parameters();
    assertThat(norms).hasSameSizeAs(parameters.entrySet());
    double largest = 0;
    for (JsonNode norm : norms) {
      largest = Math.max(largest, norm.asDouble());
    }
    // Behind a norm over single channels a shift has no gradient but rounding.
    double rounding = 1e-7 * largest;
    parameters.forEach(
        (name, leaf) -> {
          Optional<NDArray> gradient = Autograd.gradient(here, leaf);
          assertThat(gradient.isEmpty()).as(name).isEqualTo(norms.get(name).isNull());
          gradient.ifPresent(
              g -> {
                double expected = norms.get(name).asDouble();
                assertThat((double) g.norm().getFloat())
                    .as(name)
                    .isCloseTo(expected, within(1e-3 * expected + rounding));
              });
        });
    return rounding;
  }

  private void compareSample(NDManager here, double rounding) {
    try (SafeTensors sample = SafeTensors.open(Golden.path("lokr-grads-sample.safetensors"))) {
      for (String name : sample.tensors().keySet()) {
        NDArray gradient = Autograd.gradient(here, network.parameters().get(name)).orElseThrow();
        NDArray expected = sample.read(here, name, Dtype.F32);
        double largest = expected.abs().max().getFloat();
        assertThat(Numbers.difference(gradient, expected))
            .as(name)
            .isLessThan(1e-3 + rounding / largest);
      }
    }
  }

  /** Mean squared error per sample, weighted by {@code min(SNR, 5) / SNR}, averaged. */
  private record Loss(double value, NDArray gradient) {

    static Loss of(NDManager here, NDArray epsilon, SafeTensors golden) {
      float[] predicted = epsilon.toFloatArray();
      float[] noise = golden.read(here, "noise", Dtype.F32).toFloatArray();
      long[] timesteps = golden.read(here, "timesteps", Dtype.I64).toLongArray();
      int each = noise.length / timesteps.length;
      float[] gradient = new float[noise.length];
      double total = 0;
      for (int i = 0; i < noise.length; i++) {
        double snr = NoiseSchedule.SDXL.signalToNoise((int) timesteps[i / each]);
        double weight = Math.min(snr, 5) / snr / noise.length;
        double error = predicted[i] - noise[i];
        total += weight * error * error;
        gradient[i] = (float) (2 * weight * error);
      }
      return new Loss(total, here.create(gradient, epsilon.getShape()));
    }
  }
}
