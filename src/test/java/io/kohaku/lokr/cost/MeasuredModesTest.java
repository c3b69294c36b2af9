package io.kohaku.lokr.cost;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.TinyLayers;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.TorchScript;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class MeasuredModesTest {
  private static final LayerTokens TOKENS = new LayerTokens(4, 128, 96, 3);
  private static NDManager manager;

  @BeforeAll
  static void open() {
    Autograd.enterThread();
    manager = Natives.manager(Device.cpu());
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  private static MeasuredModes modes(DeviceRates rates) {
    return new MeasuredModes(manager, new CostModel(rates, Dtype.F32, TOKENS));
  }

  /** Rates so far apart that the model has no doubt, and no layer is run. */
  private static MeasuredModes certain(boolean merged) {
    return modes(
        merged
            ? new DeviceRates(1e15, 1e15, 1e6, 1e6, 1e15)
            : new DeviceRates(1e15, 1e15, 1e15, 1e15, 1e6));
  }

  @Test
  void obeysWhatALayerIsForcedTo() {
    for (boolean merged : new boolean[] {true, false}) {
      try (MeasuredModes modes = certain(merged)) {
        for (ApplyMode mode : new ApplyMode[] {ApplyMode.MERGED, ApplyMode.BYPASS}) {
          LokrOptions options = LokrOptions.fullMatrix(4).withMode(mode);
          assertThat(TinyLayers.of(options)).isNotEmpty().allMatch(l -> modes.of(l) == mode);
        }
      }
    }
  }

  @Test
  void believesTheModelWhereItIsClear() {
    LokrShape shape = LokrShape.of(new Shape(64, 64), LokrOptions.fullMatrix(4));
    try (MeasuredModes merging = certain(true);
        MeasuredModes bypassing = certain(false)) {
      assertThat(merging.choose(shape, 1000)).isEqualTo(ApplyMode.MERGED);
      assertThat(bypassing.choose(shape, 1000)).isEqualTo(ApplyMode.BYPASS);
    }
  }

  @Test
  void weightDecompositionNeedsTheMergedWeight() {
    LokrShape decomposed =
        LokrShape.of(
            new Shape(1280, 1280), LokrOptions.fullMatrix(8).with(LokrFlag.WEIGHT_DECOMPOSE));
    try (MeasuredModes modes = certain(false)) {
      assertThat(modes.choose(decomposed, 100_000)).isEqualTo(ApplyMode.MERGED);
    }
  }

  /** One vector through a wide layer: whatever the model says, building the weight costs more. */
  @Test
  void runsTheLayerWhereTheModelIsInDoubt() {
    LokrShape shape = LokrShape.of(new Shape(1024, 1024), LokrOptions.fullMatrix(4));
    DeviceRates undecided = new DeviceRates(1e30, 1e30, 1e30, 3.0 * 8192 / 1.5e-3, 1e9);
    CostModel model = new CostModel(undecided, Dtype.F32, TOKENS);
    ModeSeconds expected = model.seconds(shape, 1);
    assertThat(expected.better()).isEqualTo(ApplyMode.MERGED);
    assertThat(expected.bypass()).isLessThan(MeasuredModes.DOUBT * expected.merged());
    try (MeasuredModes modes = modes(undecided)) {
      assertThat(modes.choose(shape, 1)).isEqualTo(ApplyMode.BYPASS);
    }
  }

  @Test
  void convolutionsOfEverySizeCanBeRun() {
    Shape[] weights = {new Shape(64, 32, 3, 3), new Shape(32, 64, 1, 1)};
    for (Shape weight : weights) {
      LokrShape shape = LokrShape.of(weight, LokrOptions.fullMatrix(4));
      try (TorchScript kernels = TorchScript.load(manager, LayerTrial.kernels());
          LayerTrial trial =
              new LayerTrial(
                  kernels, manager, Dtype.F32, shape, new Shape(2, weight.get(1), 16, 16))) {
        ModeSeconds seconds = trial.seconds(1);
        assertThat(seconds.merged()).isPositive();
        assertThat(seconds.bypass()).isPositive();
      }
    }
  }
}
