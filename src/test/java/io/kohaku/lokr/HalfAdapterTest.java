package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.script.Autograd;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A float16 adapter is a float32 one with the same numbers, wherever it is read. */
final class HalfAdapterTest {
  @RegisterExtension final CpuTensors cpu = new CpuTensors();

  static Stream<LokrOptions> options() {
    return Stream.of(
        LokrOptions.fullMatrix(4),
        LokrOptions.fullMatrix(4).with(LokrFlag.SCALAR),
        LokrOptions.fullMatrix(4).with(LokrFlag.WEIGHT_DECOMPOSE),
        TinyLayers.RANK.with(LokrFlag.DECOMPOSE_BOTH),
        TinyLayers.RANK.with(LokrFlag.TUCKER));
  }

  @ParameterizedTest
  @MethodSource("options")
  void weightsAndNormsAreTheSameAndGradientsAreRounded(LokrOptions options) {
    List<LokrLayer> layers = TinyLayers.of(options);
    LokrNetwork half = network(layers, DataType.FLOAT16, TinyLayers::formula);
    LokrNetwork full = network(layers, DataType.FLOAT32, HalfAdapterTest::rounded);
    for (LokrLayer layer : layers) {
      assertThat(backward(half, layer)).isEqualTo(backward(full, layer));
      assertThat(MaxNorm.norm(half, layer)).isEqualTo(MaxNorm.norm(full, layer));
      for (ParameterSpec parameter : layer.parameters()) {
        NDArray gradient = gradient(half, layer, parameter);
        assertThat(gradient.getDataType()).isEqualTo(DataType.FLOAT16);
        assertThat(floats(gradient))
            .as(layer.tensor(parameter))
            .isEqualTo(floats(half(gradient(full, layer, parameter))));
      }
    }
  }

  /** Walks back from the adapted weight, which is given back, with a gradient of the weight. */
  private float[] backward(LokrNetwork network, LokrLayer layer) {
    NDManager scope = cpu.manager();
    NDArray base = TinyLayers.base(scope, layer.layer());
    try (BoundLayer bound = BoundLayer.of(layer.shape(), network.parameters(layer))) {
      bound.put(BoundLayer.WEIGHT, base);
      NDArray weight =
          Autograd.recording(
              () ->
                  ParameterKernels.shared()
                      .tensor(
                          scope, "lokr_weight", bound.tensors(), bound.numbers(), BoundLayer.NAME));
      Autograd.backward(weight, base.duplicate());
      return weight.stopGradient().toFloatArray();
    }
  }

  @Test
  void knowsWhetherItChangesAnything() {
    List<LokrLayer> layers = TinyLayers.of(LokrOptions.fullMatrix(4));
    Initialization start = new Initialization(1, TinyLayers::base);
    assertThat(network(layers, DataType.FLOAT16, start).changesNothing()).isTrue();
    assertThat(network(layers, DataType.FLOAT16, TinyLayers::formula).changesNothing()).isFalse();
  }

  @Test
  void isBoundedByANorm() {
    List<LokrLayer> layers = TinyLayers.of(TinyLayers.RANK);
    LokrNetwork network = network(layers, DataType.FLOAT16, TinyLayers::formula);
    double bound = MaxNorm.norm(network, layers.get(0)) / 2;
    assertThat(new MaxNorm(bound).limit(network)).isPositive();
    for (LokrLayer layer : layers) {
      // Three blocks, each element of which is rounded by at most 2⁻¹¹ of itself.
      assertThat(MaxNorm.norm(network, layer)).isLessThan(bound * (1 + 3 / 2048.));
    }
  }

  private LokrNetwork network(List<LokrLayer> layers, DataType type, ParameterValues values) {
    return LokrNetwork.create(cpu.manager(), layers, values, type);
  }

  private static NDArray rounded(NDManager scope, AdaptedModule module, ParameterSpec parameter) {
    NDArray values = TinyLayers.formula(scope, module, parameter);
    return half(values).toType(DataType.FLOAT32, false);
  }

  private static NDArray half(NDArray values) {
    return values.toType(DataType.FLOAT16, false);
  }

  private NDArray gradient(LokrNetwork network, LokrLayer layer, ParameterSpec parameter) {
    NDArray leaf = network.parameters(layer).get(parameter.suffix());
    return Autograd.gradient(cpu.manager(), leaf).orElseThrow();
  }

  private static float[] floats(NDArray tensor) {
    return tensor.toType(DataType.FLOAT32, false).toFloatArray();
  }
}
