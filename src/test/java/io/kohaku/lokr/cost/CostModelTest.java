package io.kohaku.lokr.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.TinyLayers;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CostModelTest {
  private static final LayerTokens TOKENS = new LayerTokens(4, 128, 96, 3);
  private static final LokrShape SQUARE =
      LokrShape.of(new Shape(1280, 1280), LokrOptions.fullMatrix(8));

  @Test
  void mergesWherePassesOverActivationsAreDear() {
    DeviceRates fastProducts = new DeviceRates(1e15, 1e14, 1e12, 1e12, 2.5e10);
    DeviceRates slowProducts = new DeviceRates(1e13, 1e13, 1e12, 1e12, 2.5e10);
    assertThat(model(fastProducts).seconds(SQUARE, 100_000).better()).isEqualTo(ApplyMode.MERGED);
    assertThat(model(slowProducts).seconds(SQUARE, 100_000).better()).isEqualTo(ApplyMode.BYPASS);
  }

  @Test
  void doesNotBuildAWeightForAFewVectors() {
    DeviceRates fastProducts = new DeviceRates(1e15, 1e14, 1e12, 1e12, 2.5e10);
    assertThat(model(fastProducts).seconds(SQUARE, 4).better()).isEqualTo(ApplyMode.BYPASS);
  }

  @Test
  void countsTheUnitsOfWork() {
    DeviceRates onlyProducts = new DeviceRates(1e12, 1e12, 1e30, 1e30, 1e30);
    for (int factor : new int[] {2, 4, 8}) {
      LokrShape shape = LokrShape.of(new Shape(1280, 1280), LokrOptions.fullMatrix(factor));
      ModeSeconds seconds = model(onlyProducts).seconds(shape, 1000);
      assertThat(seconds.bypass() / seconds.merged())
          .isCloseTo((2 + 3.0 / factor) / 3, within(1e-9));
    }
  }

  @Test
  void knowsHowManyVectorsGoThroughALayer() {
    Map<String, Long> expected =
        Map.of(
            "text_model.encoder.layers.0.mlp.fc1", 4L * 231,
            "input_blocks.1.0.emb_layers.1", 4L,
            "input_blocks.2.0.in_layers.2", 4L * 128 * 96,
            "input_blocks.3.0.op", 4L * 64 * 48,
            "input_blocks.4.1.proj_in", 4L * 64 * 48,
            "input_blocks.6.0.op", 4L * 32 * 24,
            "middle_block.1.transformer_blocks.0.attn2.to_k", 4L * 227,
            "output_blocks.2.2.conv", 4L * 64 * 48,
            "output_blocks.5.0.in_layers.2", 4L * 64 * 48,
            "output_blocks.5.2.conv", 4L * 128 * 96);
    for (AdaptableLayer layer : TinyLayers.ALL) {
      if (expected.containsKey(layer.path())) {
        assertThat(TOKENS.of(layer)).as(layer.path()).isEqualTo(expected.get(layer.path()));
      }
    }
    assertThat(TinyLayers.ALL).extracting(AdaptableLayer::path).containsAll(expected.keySet());
  }

  @Test
  void measuresTheDevice() {
    Autograd.enterThread();
    try (NDManager manager = Natives.manager(Device.cpu())) {
      DeviceRates rates = DeviceRates.measure(manager, Dtype.F32);
      assertThat(rates.wide()).isBetween(1e8, 1e16);
      assertThat(rates.narrow()).isBetween(1e8, 1e16);
      assertThat(rates.pass()).isBetween(1e7, 1e14);
      assertThat(rates.mix()).isBetween(1e7, 1e14);
      assertThat(rates.build()).isBetween(1e5, 1e13);
    }
  }

  private static CostModel model(DeviceRates rates) {
    return new CostModel(rates, Dtype.F32, TOKENS);
  }
}
