package io.kohaku.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.settings.TrainSettings.Algorithm;
import io.kohaku.settings.TrainSettings.Curve;
import io.kohaku.train.plan.LossScale;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LearnerTest {
  private static final OptimizerOptions OPTIONS = new OptimizerOptions(0.9, 0.95, 0.1, 1e-8);
  private static final LossScale SCALE = LossScale.initial();

  @Test
  void anOverflowHalvesTheScaleAndLeavesNoTrace() throws IOException {
    try (Leaves leaves = new Leaves()) {
      Parameter touched = leaves.parameter("touched", 1, 1);
      Parameter twin = leaves.parameter("twin", 1, 1);
      try (Rig rig = new Rig(leaves, touched, 0);
          Rig calm = new Rig(leaves, twin, 0)) {
        Learner.Result overflow = rig.update(SCALE, Float.POSITIVE_INFINITY, 1);
        assertThat(overflow.applied()).isFalse();
        assertThat(overflow.scale().factor()).isEqualTo(SCALE.factor() / 2);
        assertThat(touched.tensor().toFloatArray()).containsExactly(1, 1);
        Learner.Result good = rig.update(overflow.scale(), 3 * 32768, 4 * 32768);
        assertThat(good.applied()).isTrue();
        assertThat(good.norm()).isEqualTo(5);
        assertThat(good.scale()).isEqualTo(new LossScale(32768, 1, true));
        calm.update(LossScale.none(), 3, 4);
        assertThat(touched.tensor().toFloatArray()).isEqualTo(twin.tensor().toFloatArray());
      }
    }
  }

  @Test
  void anUpdateBeyondTheGuardIsLeftOutAtTheSameScale() throws IOException {
    try (Leaves leaves = new Leaves();
        Rig rig = new Rig(leaves, leaves.parameter("a", 1, 1), 4)) {
      Learner.Result result = rig.update(LossScale.none(), 3, 4);
      assertThat(result.applied()).isFalse();
      assertThat(result.norm()).isEqualTo(5);
      assertThat(rig.parameter.tensor().toFloatArray()).containsExactly(1, 1);
      assertThat(rig.update(LossScale.none(), 0, 4).applied()).isTrue();
      assertThat(rig.parameter.tensor().toFloatArray()).isNotEqualTo(new float[] {1, 1});
    }
  }

  /** A learner over one parameter. */
  private static final class Rig implements AutoCloseable {
    private final Leaves leaves;
    private final Parameter parameter;
    private final Gradients gradients;
    private final Optimizer optimizer;
    private final Learner learner;

    Rig(Leaves leaves, Parameter parameter, double guard) {
      List<RateGroup> groups = List.of(Leaves.group(0.1, parameter));
      this.leaves = leaves;
      this.parameter = parameter;
      this.gradients = new Gradients(leaves.manager(), groups);
      this.optimizer = Optimizer.of(Algorithm.LION, leaves.manager(), groups, OPTIONS);
      LearningRate flat = new LearningRate(Curve.CONSTANT, 0, 9, 1);
      this.learner = new Learner(gradients, optimizer, flat, 1, guard);
    }

    Learner.Result update(LossScale scale, float... gradient) throws IOException {
      leaves.give(parameter, gradient);
      learner.gather(AllReduce.alone());
      return learner.update(scale, 0);
    }

    @Override
    public void close() {
      optimizer.close();
      gradients.close();
    }
  }
}
