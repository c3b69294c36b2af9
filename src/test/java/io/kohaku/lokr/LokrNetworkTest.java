package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class LokrNetworkTest {
  @RegisterExtension final CpuTensors cpu = new CpuTensors();

  @Test
  void startsFromTheSeedAndTheNameAlone() {
    List<LokrLayer> layers = TinyLayers.of(TinyLayers.RANK);
    Map<String, NDArray> all = network(layers, 1).parameters();
    Map<String, NDArray> one = network(layers.subList(2, 3), 1).parameters();
    Map<String, NDArray> other = network(layers, 2).parameters();
    assertThat(all.keySet()).containsAll(one.keySet());
    one.forEach(
        (name, leaf) -> assertThat(leaf.toFloatArray()).isEqualTo(all.get(name).toFloatArray()));
    String name = layers.get(2).name() + ".lokr_w1";
    assertThat(all.get(name).toFloatArray()).isNotEqualTo(other.get(name).toFloatArray());
  }

  @Test
  void startsWithADeltaOfZeroAndAGradientInEveryBlock() {
    for (LokrOptions options :
        List.of(
            TinyLayers.RANK,
            TinyLayers.RANK.with(LokrFlag.SCALAR),
            TinyLayers.RANK.with(LokrFlag.TUCKER))) {
      List<LokrLayer> layers = TinyLayers.of(options);
      LokrNetwork network = network(layers, 1);
      for (LokrLayer layer : layers) {
        assertThat(MaxNorm.norm(network, layer)).isZero();
        for (ParameterSpec parameter : layer.shape().parameters()) {
          float[] values = network.parameters(layer).get(parameter.suffix()).toFloatArray();
          double largest = 0;
          for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
          }
          if (parameter.start() == ParameterSpec.Start.ZERO) {
            assertThat(largest).isZero();
          } else {
            assertThat(largest).isPositive().isLessThanOrEqualTo((float) parameter.bound());
          }
        }
      }
    }
  }

  @Test
  void changesNothingUntilAllFactorsOfOneLayerAreMoved() {
    List<LokrLayer> layers = TinyLayers.of(TinyLayers.RANK);
    LokrNetwork network = network(layers, 1);
    assertThat(network.changesNothing()).isTrue();
    network.parameters(layers.get(1)).values().forEach(factor -> factor.addi(1e-9f));
    assertThat(network.changesNothing()).isFalse();
  }

  @Test
  void takesLengthsFromTheBaseWeights() {
    LokrOptions options = LokrOptions.fullMatrix(4).with(LokrFlag.WEIGHT_DECOMPOSE);
    List<LokrLayer> layers = TinyLayers.of(options);
    LokrNetwork network = network(layers, 1);
    LokrLayer convolution = layers.get(1);
    float[] magnitude = network.parameters(convolution).get("dora_scale").toFloatArray();
    NDArray base = TinyLayers.base(cpu.manager(), convolution.layer());
    assertThat(magnitude).hasSize((int) base.getShape().get(0));
    for (int row = 0; row < magnitude.length; row++) {
      assertThat(magnitude[row])
          .isCloseTo(
              base.get(row).norm().getFloat(), org.assertj.core.api.Assertions.within(1e-5f));
    }
  }

  @Test
  void groupsTextEncodersBeforeTheUnet() {
    LokrNetwork network = network(TinyLayers.of(TinyLayers.RANK), 1);
    List<String> names = new ArrayList<>(network.parameters(ParameterGroup.TEXT_ENCODERS).keySet());
    assertThat(names).isNotEmpty().allMatch(name -> name.startsWith("lora_te"));
    Map<String, NDArray> unet = network.parameters(ParameterGroup.UNET);
    assertThat(unet.keySet()).isNotEmpty().allMatch(name -> name.startsWith("lora_unet"));
    names.addAll(unet.keySet());
    assertThat(network.parameters().keySet()).containsExactlyElementsOf(names);
    assertThat(network.parameters().values()).allMatch(NDArray::hasGradient);
  }

  @Test
  void outlivesTheScopeItWasMadeIn() {
    LokrNetwork network;
    try (MemoryScope scope = MemoryScope.open(cpu.manager())) {
      network = network(TinyLayers.of(TinyLayers.RANK), 1);
      assertThat(scope.manager().isOpen()).isTrue();
    }
    assertThat(network.parameters().values())
        .allSatisfy(leaf -> assertThat(leaf.toFloatArray()).isNotEmpty());
  }

  @Test
  void shrinksOnlyWhatIsLongerThanTheBound() {
    List<LokrLayer> layers = TinyLayers.of(TinyLayers.RANK.with(LokrFlag.TUCKER));
    LokrNetwork network = LokrNetwork.create(cpu.manager(), layers, TinyLayers::formula);
    List<Double> before = layers.stream().map(l -> MaxNorm.norm(network, l)).toList();
    double bound = before.stream().mapToDouble(d -> d).average().orElseThrow();
    long longer = before.stream().filter(norm -> norm > bound).count();
    assertThat(new MaxNorm(bound).limit(network)).isEqualTo((int) longer).isPositive();
    for (int i = 0; i < layers.size(); i++) {
      double expected = Math.min(before.get(i), bound);
      assertThat(MaxNorm.norm(network, layers.get(i)))
          .isBetween(expected * 0.9999, expected * 1.0001);
    }
    assertThatThrownBy(() -> new MaxNorm(0)).hasMessage("Invalid norm: 0.0 (above 0)");
  }

  private LokrNetwork network(List<LokrLayer> layers, long seed) {
    return LokrNetwork.create(cpu.manager(), layers, new Initialization(seed, TinyLayers::base));
  }
}
