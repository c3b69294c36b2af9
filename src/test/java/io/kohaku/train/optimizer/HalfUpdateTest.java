package io.kohaku.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.kohaku.Golden;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.settings.TrainSettings.Algorithm;
import io.kohaku.settings.TrainSettings.Curve;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.UpdateTotals;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Updates of float16 parameters. */
final class HalfUpdateTest {
  private static final OptimizerOptions OPTIONS = new OptimizerOptions(0.9, 0.95, 0.1, 1e-8);

  @RegisterExtension final TestParameters parameters = new TestParameters();

  /**
   * PyTorch's scaler and clipping and the kernels of bitsandbytes 0.42, from gradients most of
   * which vanish, to one that overflows, to some that are clipped: norms, gradients and parameters
   * have the same bits. The kernels round 1 − β in float32, so momenta are the same but for that.
   */
  @Test
  void followsTheCardsTrainerBitForBit() throws IOException {
    try (SafeTensors golden = SafeTensors.open(Golden.own("half-lion.safetensors"))) {
      Parameter large = parameters.half("large", numbers(golden, "large_p0"));
      Parameter small = parameters.half("small", numbers(golden, "small_p0"));
      try (OptimizerStep step = step(Algorithm.LION8BIT_BNB042, 4e-5, 1, large, small)) {
        LossScale scale = LossScale.initial();
        for (int update : List.of(0, 1, 2, 3)) {
          Verdict verdict = null;
          if (update == 1) {
            parameters.give(large, new float[4200]);
            parameters.give(small, filled(128, Float.POSITIVE_INFINITY));
            verdict = verdict(step, scale);
            assertThat(verdict).isInstanceOf(Verdict.Overflow.class);
          } else {
            parameters.give(large, numbers(golden, "large_g" + update));
            parameters.give(small, numbers(golden, "small_g" + update));
            verdict = verdict(step, scale);
            assertThat(verdict.norm()).isEqualTo(numbers(golden, "norm" + update)[0]);
            step.apply((Verdict.Accepted) verdict, update);
            for (Parameter parameter : List.of(large, small)) {
              String name = parameter.name();
              assertThat(numbers(step.gradients().of(parameter).orElseThrow()))
                  .containsExactly(numbers(golden, name + "_clipped" + update), within(0f));
              assertThat(numbers(parameter.tensor()))
                  .containsExactly(numbers(golden, name + "_p" + (update + 1)));
            }
          }
          scale = verdict.next(scale);
        }
        assertThat(scale).isEqualTo(new LossScale(32768, 2, true));
        compareMemory(step.optimizer().state(), golden);
      }
    }
  }

  private void compareMemory(Map<String, NDArray> state, SafeTensors golden) {
    byte[] codes = new byte[4200];
    golden.bytes("codes").get(codes);
    byte[] ours = state.get("large.state1").toByteArray();
    int equal = 0;
    for (int i = 0; i < codes.length; i++) {
      equal += codes[i] == ours[i] ? 1 : 0;
    }
    assertThat(equal).isGreaterThanOrEqualTo((int) (0.995 * codes.length));
    // A few roundings of float32, relative to the largest.
    float[] scales = numbers(golden, "scales");
    assertThat(state.get("large.absmax1").toFloatArray())
        .containsExactly(scales, within(1e-6f * scales[0]));
    assertThat(state.get("small.state1").toFloatArray())
        .containsExactly(numbers(golden, "momentum"), within(1e-6f));
  }

  /** Half a unit in the last place is 6.1e-5 above 0.125 and 3.1e-5 below. */
  @Test
  void elementsAboveAnEighthIgnoreStepsOf4e5() throws IOException {
    for (Algorithm algorithm : List.of(Algorithm.LION8BIT_BNB042, Algorithm.LION)) {
      for (int elements : List.of(5, 5000)) {
        float[] values = filled(elements, 1);
        System.arraycopy(new float[] {0.126f, -0.126f, 0.124f, 0}, 0, values, 0, 4);
        Parameter parameter = parameters.half("p", values);
        float[] before = numbers(parameter.tensor());
        try (OptimizerStep step = step(algorithm, 4e-5, 0, parameter)) {
          for (int update = 0; update < 20; update++) {
            parameters.give(parameter, filled(elements, 1));
            step.apply((Verdict.Accepted) verdict(step, LossScale.none()), update);
          }
        }
        float[] after = numbers(parameter.tensor());
        assertThat(new float[] {after[0], after[1]}).containsExactly(before[0], before[1]);
        // Steps of one unit in the last place, 6.1e-5, in place of 4e-5.
        assertThat(after[2]).isEqualTo(before[2] - 20 / 16384f);
        assertThat(after[3]).isCloseTo(-20 * 4e-5f, within(20 * 4e-7f));
        assertThat(after[elements - 1]).isEqualTo(before[elements - 1]);
      }
    }
  }

  /** What a large tensor keeps of itself at 4e-5 and 0.1, 1 − 4e-6 of it, is rounded to all. */
  @Test
  void decayAloneMovesNothing() throws IOException {
    float[] values = filled(5000, 0.01f);
    values[0] = 1e-6f;
    values[1] = -0.9f;
    Parameter parameter = parameters.half("p", values);
    float[] before = numbers(parameter.tensor());
    try (OptimizerStep step = step(Algorithm.LION8BIT_BNB042, 4e-5, 0, parameter)) {
      for (int update = 0; update < 20; update++) {
        parameters.give(parameter, new float[5000]);
        step.apply((Verdict.Accepted) verdict(step, LossScale.none()), update);
      }
    }
    assertThat(numbers(parameter.tensor())).containsExactly(before);
  }

  /** AdamW and Lion compute in float32 and round what they leave. */
  @Test
  void otherOptimizersRoundTheirResults() throws IOException {
    for (Algorithm algorithm : Algorithm.values()) {
      for (int elements : List.of(8, 5000)) {
        Parameter half = parameters.half("half", filled(elements, 0.5f));
        Parameter full = parameters.parameter("full", filled(elements, 0.5f));
        try (OptimizerStep halves = step(algorithm, 0.01, 1, half);
            OptimizerStep floats = step(algorithm, 0.01, 1, full)) {
          for (int update = 0; update < 3; update++) {
            float[] gradient = filled(elements, 1);
            gradient[1] = update - 1.5f;
            parameters.give(half, gradient);
            parameters.give(full, gradient);
            halves.apply((Verdict.Accepted) verdict(halves, LossScale.none()), update);
            floats.apply((Verdict.Accepted) verdict(floats, LossScale.none()), update);
          }
        }
        assertThat(half.tensor().getDataType()).isEqualTo(DataType.FLOAT16);
        // Three updates of at most three roundings, each at most 2⁻¹² of numbers below 1.
        assertThat(numbers(half.tensor()))
            .as("%s of %s elements", algorithm, elements)
            .isNotEqualTo(full.tensor().toFloatArray())
            .containsExactly(full.tensor().toFloatArray(), within(9 / 4096f));
      }
    }
  }

  /** What does not fit float16 is an overflow, if float32 could hold it, too. */
  @Test
  void aNormThatFloat16CannotHoldIsAnOverflow() throws IOException {
    Parameter parameter = parameters.half("p", new float[4]);
    try (OptimizerStep step = step(Algorithm.LION, 0.1, 1, parameter)) {
      parameters.give(parameter, filled(4, 30_000));
      assertThat(verdict(step, LossScale.none()).norm()).isCloseTo(60_000, withinPercentage(0.1));
      parameters.give(parameter, filled(4, 40_000));
      assertThat(verdict(step, LossScale.none())).isInstanceOf(Verdict.Overflow.class);
    }
  }

  private OptimizerStep step(
      Algorithm algorithm, double rate, double clipNorm, Parameter... parameters) {
    List<RateGroup> groups = List.of(TestParameters.group(rate, parameters));
    return new OptimizerStep(
        new Gradients(this.parameters.manager(), groups),
        Optimizer.of(algorithm, this.parameters.manager(), groups, OPTIONS),
        new LearningRate(Curve.CONSTANT, 0, 9, 1),
        clipNorm,
        0);
  }

  private static Verdict verdict(OptimizerStep step, LossScale scale) throws IOException {
    step.gather(AllReduce.alone());
    return step.guard(scale, UpdateTotals.NOTHING.learned(1, 1));
  }

  private static float[] filled(int count, float number) {
    float[] numbers = new float[count];
    Arrays.fill(numbers, number);
    return numbers;
  }

  private static float[] numbers(NDArray tensor) {
    return tensor.toType(DataType.FLOAT32, false).flatten().toFloatArray();
  }

  private float[] numbers(SafeTensors file, String name) {
    return file.read(parameters.manager(), name, Dtype.F32).flatten().toFloatArray();
  }
}
