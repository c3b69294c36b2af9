package io.kohaku.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.kohaku.Recipes;
import io.kohaku.TheCard;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.settings.TrainSettings;
import io.kohaku.settings.binding.KeyName;
import io.kohaku.train.plan.LossScale;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** How the card's run turned gradients into updates, by {@code conf/delta.conf}. */
class OptimizerConformanceTest {
  private static final TrainSettings DELTA = Recipes.delta().train();
  private static final TrainSettings.OptimizerSettings OPTIMIZER = DELTA.optimizer();
  private static final OptimizerOptions OPTIONS =
      new OptimizerOptions(
          OPTIMIZER.betas().get(0),
          OPTIMIZER.betas().get(1),
          OPTIMIZER.weightDecay(),
          OPTIMIZER.epsilon());

  @TestFactory
  Stream<DynamicTest> facts() {
    return TheCard.tests(
        getClass(),
        Map.of(
            "algorithm", OptimizerConformanceTest::algorithm,
            "blocks", OptimizerConformanceTest::blocks,
            "small", OptimizerConformanceTest::small,
            "rates", () -> OPTIMIZER.unetRate() + ", " + OPTIMIZER.textEncoderRate(),
            "warmup", OptimizerConformanceTest::warmup,
            "clip", OptimizerConformanceTest::clip,
            "loss-scale", OptimizerConformanceTest::lossScale));
  }

  private static String algorithm() {
    return "%s, %s, %s %s"
        .formatted(
            KeyName.ofConstant(OPTIMIZER.algorithm()),
            OPTIMIZER.weightDecay(),
            OPTIMIZER.betas().get(0),
            OPTIMIZER.betas().get(1));
  }

  private static String blocks() {
    try (TestParameters parameters = new TestParameters()) {
      Parameter large = parameters.parameter("large", new float[8192]);
      Parameter small = parameters.parameter("small", new float[4095]);
      RateGroup group = TestParameters.group(1, large, small);
      try (Optimizer optimizer =
          Optimizer.of(OPTIMIZER.algorithm(), parameters.manager(), List.of(group), OPTIONS)) {
        Map<String, NDArray> state = optimizer.state();
        assertThat(state).doesNotContainKey("small.absmax1");
        assertThat(state.get("small.state1").getDataType()).isEqualTo(DataType.FLOAT32);
        return state.get("large.absmax1").size() + ", none";
      }
    }
  }

  /** Without a gradient, decay alone moves 1 by a whole step instead of by a tenth of one. */
  private static String small() throws IOException {
    try (TestParameters parameters = new TestParameters()) {
      Parameter one = parameters.parameter("one", 1);
      List<RateGroup> groups = List.of(TestParameters.group(0.25, one));
      try (Gradients gradients = new Gradients(parameters.manager(), groups);
          Optimizer optimizer =
              Optimizer.of(OPTIMIZER.algorithm(), parameters.manager(), groups, OPTIONS)) {
        parameters.give(one, 0);
        gradients.collect();
        gradients.sum(AllReduce.alone());
        optimizer.step(gradients, 1);
        boolean joins = one.tensor().toFloatArray()[0] == 0.75f;
        return joins ? "joins the gradient" : "apart";
      }
    }
  }

  private static String warmup() {
    TrainSettings.Schedule schedule = DELTA.schedule();
    LearningRate rate =
        new LearningRate(schedule.curve(), schedule.warmup(), 28_638, schedule.stepsPerUpdate());
    return LongStream.of(0, 1, 49, 50, 28_637)
        .mapToObj(done -> String.valueOf((float) (OPTIMIZER.unetRate() * rate.factor(done))))
        .collect(Collectors.joining(" "));
  }

  /** The norm that a gradient of norm 5 has behind the clip. */
  private static String clip() throws IOException {
    try (TestParameters parameters = new TestParameters()) {
      Parameter pair = parameters.parameter("pair", 0, 0);
      try (Gradients gradients =
          new Gradients(parameters.manager(), List.of(TestParameters.group(1, pair)))) {
        parameters.give(pair, 3, 4);
        gradients.collect();
        gradients.sum(AllReduce.alone());
        gradients.clip(gradients.scale(1), OPTIMIZER.clipNorm());
        float[] clipped = gradients.of(pair).orElseThrow().toFloatArray();
        double norm = Math.hypot(clipped[0], clipped[1]);
        return String.valueOf(Math.round(norm * 1e5) / 1e5); // The divisor has 1e-6 more.
      }
    }
  }

  private static String lossScale() {
    LossScale first = LossScale.of(DELTA.compute());
    LossScale later = first;
    for (int update = 0; update < 2000; update++) {
      assertThat(later.factor()).isEqualTo(first.factor());
      later = later.afterGoodUpdate();
    }
    return "%s, %s, %s".formatted(first.factor(), later.factor(), first.afterOverflow().factor());
  }
}
