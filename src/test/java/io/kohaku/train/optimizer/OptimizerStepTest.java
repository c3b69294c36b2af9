package io.kohaku.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.settings.TrainSettings.Algorithm;
import io.kohaku.settings.TrainSettings.Curve;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.UpdateTotals;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptimizerStepTest {
  private static final OptimizerOptions OPTIONS = new OptimizerOptions(0.9, 0.95, 0.1, 1e-8);
  private static final LossScale SCALE = LossScale.initial();

  @Test
  void anOverflowHalvesTheScaleAndLeavesNoTrace() throws IOException {
    try (TestParameters parameters = new TestParameters()) {
      Parameter touched = parameters.parameter("touched", 1, 1);
      Parameter twin = parameters.parameter("twin", 1, 1);
      try (Rig rig = new Rig(parameters, touched, 0);
          Rig calm = new Rig(parameters, twin, 0)) {
        Verdict overflow = rig.update(SCALE, Float.POSITIVE_INFINITY, 1);
        assertThat(overflow).isInstanceOf(Verdict.Overflow.class);
        assertThat(overflow.next(SCALE).factor()).isEqualTo(SCALE.factor() / 2);
        assertThat(touched.tensor().toFloatArray()).containsExactly(1, 1);
        Verdict good = rig.update(overflow.next(SCALE), 3 * 32768, 4 * 32768);
        assertThat(good).isEqualTo(new Verdict.Accepted(5));
        assertThat(good.next(overflow.next(SCALE))).isEqualTo(new LossScale(32768, 1, true));
        calm.update(LossScale.none(), 3, 4);
        assertThat(touched.tensor().toFloatArray()).isEqualTo(twin.tensor().toFloatArray());
      }
    }
  }

  @Test
  void anUpdateBeyondTheGuardIsLeftOutAtTheSameScale() throws IOException {
    try (TestParameters parameters = new TestParameters();
        Rig rig = new Rig(parameters, parameters.parameter("a", 1, 1), 4)) {
      Verdict result = rig.update(LossScale.none(), 3, 4);
      assertThat(result).isEqualTo(new Verdict.TooLarge(5));
      assertThat(result.next(SCALE)).isEqualTo(SCALE);
      assertThat(rig.parameter.tensor().toFloatArray()).containsExactly(1, 1);
      assertThat(rig.update(LossScale.none(), 0, 4)).isEqualTo(new Verdict.Accepted(4));
      assertThat(rig.parameter.tensor().toFloatArray()).isNotEqualTo(new float[] {1, 1});
    }
  }

  /** A step over one parameter. */
  private static final class Rig implements AutoCloseable {
    private final TestParameters parameters;
    private final Parameter parameter;
    private final Gradients gradients;
    private final Optimizer optimizer;
    private final OptimizerStep optimizerStep;

    Rig(TestParameters parameters, Parameter parameter, double guard) {
      List<RateGroup> groups = List.of(TestParameters.group(0.1, parameter));
      this.parameters = parameters;
      this.parameter = parameter;
      this.gradients = new Gradients(parameters.manager(), groups);
      this.optimizer = Optimizer.of(Algorithm.LION, parameters.manager(), groups, OPTIONS);
      LearningRate flat = new LearningRate(Curve.CONSTANT, 0, 9, 1);
      this.optimizerStep = new OptimizerStep(gradients, optimizer, flat, 1, guard);
    }

    Verdict update(LossScale scale, float... gradient) throws IOException {
      parameters.give(parameter, gradient);
      optimizerStep.gather(AllReduce.alone());
      Verdict verdict = optimizerStep.guard(scale, UpdateTotals.NOTHING.learned(1, 1));
      if (verdict instanceof Verdict.Accepted accepted) {
        optimizerStep.apply(accepted, 0);
      }
      return verdict;
    }

    @Override
    public void close() {
      optimizer.close();
      gradients.close();
    }
  }
}
