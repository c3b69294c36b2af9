package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.script.Scalars;
import io.kohaku.tensor.script.TensorDict;
import io.kohaku.tensor.script.TorchScript;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class DropoutMasksTest {
  private static final LokrOptions FULL = LokrOptions.fullMatrix(4);
  @RegisterExtension final CpuTensors cpu = new CpuTensors();

  @Test
  void drawsFromTheKeysAloneAndCanBeCleared() {
    List<LokrLayer> layers = TinyLayers.of(FULL);
    try (DropoutMasks masks = new DropoutMasks(cpu.manager(), layers, new Dropout(0.5, 0.5));
        DropoutMasks fewer =
            new DropoutMasks(cpu.manager(), layers.subList(1, 2), new Dropout(0.5, 0.5))) {
      LokrLayer layer = layers.get(1);
      masks.draw(7, 1, 2);
      fewer.draw(7, 1, 2);
      float[] rows = rows(masks, layer);
      assertThat(rows).contains(0, 1).isEqualTo(rows(fewer, layer));
      masks.draw(7, 1, 3);
      assertThat(rows(masks, layer)).isNotEqualTo(rows);
      masks.clear();
      assertThat(rows(masks, layer)).containsOnly(1);
      assertThat(masks.of(layer).get("lokr_keep").getFloat()).isEqualTo(1);
    }
  }

  @Test
  void leavesOutTheAskedShareAndRescalesOnDemand() {
    List<LokrLayer> layers = TinyLayers.of(FULL.with(LokrFlag.RANK_DROPOUT_SCALE));
    try (DropoutMasks masks = new DropoutMasks(cpu.manager(), layers, new Dropout(0.25, 0.25))) {
      double silent = 0;
      double rows = 0;
      double dropped = 0;
      for (int draw = 0; draw < 200; draw++) {
        masks.draw(draw);
        for (LokrLayer layer : layers) {
          double sum = 0;
          float[] drawn = rows(masks, layer);
          for (float row : drawn) {
            silent += row == 0 ? 1 : 0;
            sum += row;
          }
          rows += drawn.length;
          assertThat(sum / drawn.length).isCloseTo(1, within(1e-5));
          dropped += 1 - masks.of(layer).get("lokr_keep").getFloat();
        }
      }
      assertThat(silent / rows).isCloseTo(0.25, within(0.01));
      assertThat(dropped / (200 * layers.size())).isCloseTo(0.25, within(0.05));
    }
  }

  @Test
  void keepsTheAskedShareOfANormAndAllOfItOtherwise() {
    AdaptableLayer place = new AdaptableLayer(Network.UNET, "out.0", List.of(), List.of(1000L));
    NormLayer norm = NormLayer.of(place);
    try (DropoutMasks masks = new DropoutMasks(cpu.manager(), List.of(norm), new Dropout(0.25, 0));
        DropoutMasks none = new DropoutMasks(cpu.manager(), List.of(norm), Dropout.NONE)) {
      assertThat(masks.of(norm).get("lokr_rows").toFloatArray()).hasSize(1000).containsOnly(1);
      double kept = 0;
      for (int draw = 0; draw < 20; draw++) {
        masks.draw(draw);
        for (float element : masks.of(norm).get("lokr_rows").toFloatArray()) {
          assertThat(element).isIn(0f, 1f);
          kept += element;
        }
      }
      assertThat(kept / 20_000).isCloseTo(0.25, within(0.015));
      assertThat(none.of(norm)).isEmpty();
    }
  }

  @Test
  void silencesRowsOrTheWholeUpdateInEveryWayOfApplyingIt() {
    TorchScript kernels = TorchScript.load(cpu.manager(), LokrKernels.layers());
    for (LokrOptions options : List.of(FULL, FULL.with(LokrFlag.WEIGHT_DECOMPOSE))) {
      LokrLayer layer = TinyLayers.of(options).get(0);
      LokrNetwork network = LokrNetwork.create(cpu.manager(), List.of(layer), TinyLayers::formula);
      NDArray base = TinyLayers.base(cpu.manager(), layer.layer());
      NDArray input = cpu.manager().eye((int) base.getShape().get(1));
      for (ApplyMode mode : List.of(ApplyMode.MERGED, ApplyMode.BYPASS)) {
        try (BoundLayer bound = BoundLayer.of(layer.shape(), network.parameters(layer));
            DropoutMasks masks =
                new DropoutMasks(cpu.manager(), List.of(layer), new Dropout(0.5, 0.5))) {
          bound.put(BoundLayer.WEIGHT, base).apply(mode);
          masks.of(layer).forEach(bound::put);
          TensorDict p = bound.tensors();
          Scalars c = bound.numbers();
          NDArray whole = kernels.tensor(cpu.manager(), "linear", input, p, c, BoundLayer.NAME);
          ParameterKernels.shared()
              .run(
                  "assign",
                  bound.tensor("lokr_keep"),
                  cpu.manager().zeros(base.getShape().slice(2)));
          NDArray silent = kernels.tensor(cpu.manager(), "linear", input, p, c, BoundLayer.NAME);
          assertThat(Numbers.difference(silent.transpose(), base)).isLessThan(1e-6);
          assertThat(Numbers.difference(whole.transpose(), base)).isGreaterThan(1e-2);
          masks.clear();
          masks.of(layer).get("lokr_rows").set(new NDIndex("0, 0"), 0);
          NDArray firstSilent = kernels.tensor(cpu.manager(), "lokr_delta", p, c, BoundLayer.NAME);
          assertThat(firstSilent.get(0).abs().max().getFloat()).isZero();
          assertThat(firstSilent.get(1).abs().max().getFloat()).isPositive();
          NDArray merged = kernels.tensor(cpu.manager(), "lokr_weight", p, c, BoundLayer.NAME);
          NDArray forward = kernels.tensor(cpu.manager(), "linear", input, p, c, BoundLayer.NAME);
          assertThat(Numbers.difference(forward.transpose(), merged)).isLessThan(1e-5);
        }
      }
    }
  }

  @Test
  void refusesWhatIsNoProbability() {
    assertThatThrownBy(() -> new Dropout(1, 0))
        .hasMessage("Invalid row dropout: 1.0 (at least 0, below 1)");
    assertThatThrownBy(() -> new Dropout(0, Double.NaN))
        .hasMessage("Invalid layer dropout: NaN (at least 0, below 1)");
  }

  private static float[] rows(DropoutMasks masks, LokrLayer layer) {
    return masks.of(layer).get("lokr_rows").toFloatArray();
  }
}
