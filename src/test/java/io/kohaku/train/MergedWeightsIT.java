package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.kohaku.lokr.Dropout;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.MergedWeights;
import io.kohaku.lokr.ModeChoice;
import io.kohaku.lokr.ParameterKernels;
import io.kohaku.lokr.preset.BuiltInPreset;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.KernelOptions;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.model.AdaptedNetworks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights merged once an update against those that every forward walk builds for itself. */
class MergedWeightsIT {
  private static final List<String> MICRO_BATCHES = List.of("s0m0/", "s0m1/");

  /** What the order of float32 sums may change of all gradients together, by their L2 norm. */
  private static final double ORDER_OF_SUMS = 1e-6;

  private static final LokrOptions FULL = LokrOptions.fullMatrix(4);
  private static final LokrOptions RANK =
      FULL.without(LokrFlag.FULL_MATRIX).withRank(2, 1).with(LokrFlag.DECOMPOSE_BOTH);

  /** Each formula of the delta. */
  enum Adapter {
    PLAIN(FULL),
    DECOMPOSED(RANK),
    TUCKER(RANK.with(LokrFlag.TUCKER)),
    SCALAR(FULL.with(LokrFlag.SCALAR)),
    LENGTHS_OF_OUTPUTS(FULL.with(LokrFlag.WEIGHT_DECOMPOSE)),
    LENGTHS_OF_INPUTS(
        RANK.with(LokrFlag.WEIGHT_DECOMPOSE).without(LokrFlag.DECOMPOSE_OVER_OUTPUTS));

    private final LokrOptions options;

    Adapter(LokrOptions options) {
      this.options = options;
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyAdapterHasItsGradients(Adapter adapter) throws IOException {
    compare(adapter, Dtype.F32, true, layer -> ApplyMode.MERGED);
  }

  /** Gradients of half types are summed in float32, as tight as float32 itself. */
  @ParameterizedTest
  @CsvSource({"F16, true", "F16, false", "BF16, true", "F32, false"})
  void soItIsInEveryTypeWithAndWithoutCheckpointing(Dtype type, boolean checkpointing)
      throws IOException {
    compare(Adapter.PLAIN, type, checkpointing, layer -> ApplyMode.MERGED);
  }

  @ParameterizedTest
  @EnumSource(names = {"TUCKER", "LENGTHS_OF_OUTPUTS"})
  void layersInBypassAreLeftAlone(Adapter adapter) throws IOException {
    compare(
        adapter,
        Dtype.F16,
        true,
        layer -> layer.name().length() % 2 == 0 ? ApplyMode.MERGED : ApplyMode.BYPASS);
  }

  @Test
  void theyAreThoseOfTheAdapterAsItWasWhenTheyWereMerged() throws IOException {
    try (TinyTraining tiny = tiny(Adapter.PLAIN, Dtype.F32, true)) {
      AdaptedNetworks networks = tiny.networks;
      Walked one = walk(tiny, Optional.empty(), MICRO_BATCHES.subList(0, 1));
      change(networks, 2);
      float[] changed = measure(tiny);
      change(networks, 0.5);
      try (MergedWeights merged =
          MergedWeights.attach(networks.sdxl(), networks.adapter(), layer -> ApplyMode.MERGED)) {
        learn(tiny, MICRO_BATCHES.get(1));
        merged.collect();
        merged.discard();
        Autograd.zero(
            tiny.parameters().values()); // Norms are not merged: their leaves have theirs.
        assertSameBits(
            walk(tiny, Optional.of(merged), MICRO_BATCHES.subList(0, 1)),
            one,
            linear(networks.adapter()));
        change(networks, 2);
        assertThat(measure(tiny)).as("as it was merged").isNotEqualTo(changed);
        merged.merge();
        assertThat(measure(tiny)).isEqualTo(changed);
      }
    }
  }

  private static void compare(Adapter adapter, Dtype type, boolean checkpointing, ModeChoice modes)
      throws IOException {
    try (TinyTraining tiny = tiny(adapter, type, checkpointing)) {
      AdaptedNetworks networks = tiny.networks;
      networks.adapter().reapply(networks.sdxl(), modes);
      Walked expected = walk(tiny, Optional.empty(), MICRO_BATCHES);
      try (MergedWeights merged =
          MergedWeights.attach(networks.sdxl(), networks.adapter(), modes)) {
        assertClose(walk(tiny, Optional.of(merged), MICRO_BATCHES), expected);
      }
    }
  }

  private static TinyTraining tiny(Adapter adapter, Dtype type, boolean checkpointing)
      throws IOException {
    ModelOptions base = ModelOptions.DEFAULT;
    return new TinyTraining(
        new ModelOptions(type, base.timesteps(), base.pooledProjection(), base.headWidth()),
        KernelOptions.PLAIN,
        checkpointing,
        BuiltInPreset.FULL.preset(),
        new NetworkOptions(adapter.options, 2, 1, true, Dropout.NONE));
  }

  /** What an update's micro-batches gave. */
  private record Walked(List<Double> losses, Map<String, float[]> gradients) {}

  private static Walked walk(
      TinyTraining tiny, Optional<MergedWeights> merged, List<String> microBatches) {
    List<Double> losses = new ArrayList<>();
    for (String prefix : microBatches) {
      losses.add(learn(tiny, prefix));
      merged.ifPresent(MergedWeights::collect);
    }
    merged.ifPresent(MergedWeights::pullBack);
    Map<String, float[]> gradients = new LinkedHashMap<>();
    try (MemoryScope scope = MemoryScope.open(tiny.networks.sdxl().manager())) {
      tiny.parameters()
          .forEach(
              (name, leaf) ->
                  Autograd.gradient(scope.manager(), leaf)
                      .ifPresent(gradient -> gradients.put(name, gradient.toFloatArray())));
    }
    Autograd.zero(tiny.parameters().values());
    return new Walked(losses, gradients);
  }

  /** With a loss scale, small enough that nothing overflows in half precision. */
  private static double learn(TinyTraining tiny, String prefix) {
    try (MemoryScope scope = MemoryScope.open(tiny.networks.sdxl().manager())) {
      return tiny.networks.learn(
          scope.manager(),
          tiny.inputs(scope.manager(), prefix),
          256.0 / MICRO_BATCHES.size(),
          leaves -> {});
    }
  }

  private static float[] measure(TinyTraining tiny) {
    try (MemoryScope scope = MemoryScope.open(tiny.networks.sdxl().manager())) {
      return tiny.networks.evaluate(
          scope.manager(), tiny.inputs(scope.manager(), MICRO_BATCHES.get(0)));
    }
  }

  private static void change(AdaptedNetworks networks, double factor) {
    List<NDArray> all = List.copyOf(networks.adapter().parameters().values());
    ParameterKernels.shared().run("scale_all", all, factor);
  }

  /** Of layers whose gradients reach libtorch's leaves in the order in which they lie in memory. */
  private static Set<String> linear(LokrNetwork adapter) {
    Set<String> names = new HashSet<>();
    for (LokrLayer layer : adapter.layers()) {
      if (layer.shape().weight().dimension() == 2) {
        layer.shape().parameters().forEach(parameter -> names.add(layer.tensor(parameter)));
      }
    }
    return names;
  }

  private static void assertSameBits(Walked actual, Walked expected, Set<String> names) {
    assertClose(actual, expected);
    assertThat(expected.gradients.keySet()).containsAnyElementsOf(names);
    expected.gradients.forEach(
        (name, gradient) -> {
          if (names.contains(name)) {
            assertThat(actual.gradients.get(name)).as(name).isEqualTo(gradient);
          }
        });
  }

  private static void assertClose(Walked actual, Walked expected) {
    assertThat(actual.losses).isEqualTo(expected.losses);
    assertThat(actual.gradients).containsOnlyKeys(expected.gradients.keySet());
    double squares = 0;
    double errors = 0;
    for (String name : expected.gradients.keySet()) {
      squares += squares(expected.gradients.get(name));
      errors += squares(difference(actual.gradients.get(name), expected.gradients.get(name)));
    }
    double norm = Math.sqrt(squares);
    assertThat(Math.sqrt(errors)).isLessThanOrEqualTo(ORDER_OF_SUMS * norm);
    // Behind a norm over few channels a shift or a length has no gradient but rounding.
    expected.gradients.forEach(
        (name, gradient) ->
            assertThat(Math.sqrt(squares(difference(actual.gradients.get(name), gradient))))
                .as(name)
                .isLessThanOrEqualTo(
                    10 * ORDER_OF_SUMS * Math.sqrt(squares(gradient))
                        + 0.2 * ORDER_OF_SUMS * norm));
  }

  private static float[] difference(float[] one, float[] other) {
    float[] difference = new float[one.length];
    for (int i = 0; i < one.length; i++) {
      difference[i] = one[i] - other[i];
    }
    return difference;
  }

  private static double squares(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return squares;
  }
}
