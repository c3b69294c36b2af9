package io.kohaku.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.cluster.ring.Rank;
import io.kohaku.settings.TrainSettings.Algorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class OptimizersTest {
  private static final OptimizerOptions OPTIONS = new OptimizerOptions(0.9, 0.95, 0.1, 1e-8);

  @RegisterExtension final TestParameters parameters = new TestParameters();

  @Test
  void gradientsAreCollectedScaledAndClipped() throws IOException {
    Parameter a = parameters.parameter("a", 1, 1);
    Parameter b = parameters.parameter("b", 1);
    Parameter unreached = parameters.parameter("c", 1);
    try (Gradients gradients =
        new Gradients(parameters.manager(), List.of(TestParameters.group(1, a, unreached, b)))) {
      parameters.give(a, 2, 4);
      parameters.give(a, 4, 4);
      parameters.give(b, 0);
      gradients.collect();
      gradients.sum(AllReduce.alone());
      assertThat(gradients.scale(0.5)).isEqualTo(5);
      gradients.clip(5, 10);
      assertThat(gradients.of(a).orElseThrow().toFloatArray()).containsExactly(3, 4);
      gradients.clip(5, 1);
      assertThat(gradients.of(a).orElseThrow().toFloatArray())
          .containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
      assertThat(gradients.of(b)).isPresent();
      assertThat(gradients.of(unreached)).isEmpty();
      parameters.give(a, 1, 0);
      gradients.collect();
      assertThat(gradients.scale(1)).isEqualTo(1);
    }
  }

  @Test
  void gradientsAreSummedOverTheRanks() throws IOException {
    Parameter a = parameters.parameter("a", 1, 1);
    try (Gradients gradients =
            new Gradients(parameters.manager(), List.of(TestParameters.group(1, a)));
        AllReduce twin = new OtherRank(value -> 2 * value)) {
      parameters.give(a, 2, 4);
      gradients.collect();
      gradients.sum(twin);
      assertThat(gradients.of(a).orElseThrow().toFloatArray()).containsExactly(4, 8);
    }
  }

  /** A rank that has had no micro-batch yet takes what the others have, and each time anew. */
  @Test
  void idleRanksShareWhatTheOthersReached() throws IOException {
    Parameter a = parameters.parameter("a", 1, 1);
    try (Gradients gradients =
            new Gradients(parameters.manager(), List.of(TestParameters.group(1, a)));
        AllReduce other = new OtherRank(value -> value + 1)) {
      for (int update = 0; update < 3; update++) {
        gradients.collect();
        assertThat(gradients.of(a)).isEmpty();
        gradients.sum(other);
        assertThat(gradients.of(a).orElseThrow().toFloatArray()).containsExactly(1, 1);
      }
    }
  }

  /** Adds what another rank has. */
  private record OtherRank(UnaryOperator<Float> adding) implements AllReduce {
    @Override
    public void sum(ByteBuffer floats) {
      FloatBuffer values = floats.asFloatBuffer();
      for (int i = 0; i < values.limit(); i++) {
        values.put(i, adding.apply(values.get(i)));
      }
    }

    @Override
    public void begin(ByteBuffer floats) {
      sum(floats);
    }

    @Override
    public Rank rank() {
      return new Rank(0, 2);
    }

    @Override
    public void close() {}
  }

  @Test
  void theNormTellsOverflow() {
    Parameter a = parameters.parameter("a", 1, 1);
    try (Gradients gradients =
        new Gradients(parameters.manager(), List.of(TestParameters.group(1, a)))) {
      parameters.give(a, 1e18f, 1e18f);
      gradients.collect();
      assertThat(gradients.scale(1)).isFinite();
      parameters.give(a, Float.POSITIVE_INFINITY, 1);
      gradients.collect();
      assertThat(gradients.scale(1)).isInfinite();
      parameters.give(a, Float.NaN, 1);
      gradients.collect();
      assertThat(gradients.scale(1)).isNaN();
    }
  }

  @Test
  void namesMustDiffer() {
    Parameter a = parameters.parameter("a", 1);
    assertThatThrownBy(
            () ->
                new Gradients(parameters.manager(), List.of(TestParameters.group(1, a, a))).close())
        .hasMessage("Invalid parameter: a (given twice)");
  }

  @Test
  void lionMovesByTheSignOfTheMixture() {
    Parameter a = parameters.parameter("a", 1, -1, 0.5f);
    List<RateGroup> groups = List.of(TestParameters.group(0.1, a));
    try (Gradients gradients = new Gradients(parameters.manager(), groups);
        Optimizer lion = new Lion(parameters.manager(), groups, OPTIONS)) {
      step(lion, gradients, a, 3, -2, 0);
      assertThat(a.tensor().toFloatArray())
          .containsExactly(new float[] {0.89f, -0.89f, 0.495f}, within(1e-6f));
      assertThat(lion.state().get("a.state1").toFloatArray())
          .containsExactly(new float[] {0.15f, -0.1f, 0}, within(1e-6f));
      step(lion, gradients, a, -1, 0, 0);
      assertThat(a.tensor().toFloatArray())
          .containsExactly(new float[] {0.7811f, -0.7811f, 0.49005f}, within(1e-6f));
    }
  }

  @Test
  void adamwFollowsItsFormula() {
    Parameter a = parameters.parameter("a", 1);
    List<RateGroup> groups = List.of(TestParameters.group(0.1, a));
    try (Gradients gradients = new Gradients(parameters.manager(), groups);
        Optimizer adamw = new AdamW(parameters.manager(), groups, OPTIONS)) {
      double p = 1;
      double mean = 0;
      double square = 0;
      for (int step = 1; step <= 3; step++) {
        double g = step - 1.5;
        step(adamw, gradients, a, (float) g);
        mean = 0.9 * mean + 0.1 * g;
        square = 0.95 * square + 0.05 * g * g;
        p -= 0.1 * 0.1 * p;
        double corrected = mean / (1 - Math.pow(0.9, step));
        p -= 0.1 * corrected / (Math.sqrt(square / (1 - Math.pow(0.95, step))) + 1e-8);
        assertThat(a.tensor().getFloat(0)).isCloseTo((float) p, within(1e-5f));
      }
      assertThat(adamw.state().get("a.step").getFloat()).isEqualTo(3);
    }
  }

  @Test
  void unreachedParametersStayAsTheyAre() {
    for (Algorithm kind : Algorithm.values()) {
      Parameter reached = parameters.parameter("reached", new float[5000]);
      Parameter unreached = parameters.parameter("unreached", 1, 2);
      List<RateGroup> groups = List.of(TestParameters.group(0.1, unreached, reached));
      try (Gradients gradients = new Gradients(parameters.manager(), groups);
          Optimizer optimizer = Optimizer.of(kind, parameters.manager(), groups, OPTIONS)) {
        float[] ones = new float[5000];
        Arrays.fill(ones, 1);
        step(optimizer, gradients, reached, ones);
        assertThat(unreached.tensor().toFloatArray()).containsExactly(1, 2);
        assertThat(reached.tensor().getFloat(4999)).isCloseTo(-0.1f, within(1e-6f));
      }
    }
  }

  /** More parameters than one kernel call takes. */
  @Test
  void bucketsCoverEveryParameterOnce() {
    float[] values = new float[100_000];
    float[] ones = new float[100_000];
    Arrays.fill(ones, 1);
    float[] moved = new float[100_000];
    Arrays.fill(moved, -0.05f);
    Parameter[] all = new Parameter[7];
    for (int i = 0; i < all.length; i++) {
      all[i] = parameters.parameter("p" + i, values);
    }
    List<RateGroup> groups = List.of(TestParameters.group(0.1, all));
    try (Gradients gradients = new Gradients(parameters.manager(), groups);
        Optimizer lion = Optimizer.of(Algorithm.LION8BIT, parameters.manager(), groups, OPTIONS)) {
      for (Parameter parameter : all) {
        parameters.give(parameter, ones);
      }
      gradients.collect();
      lion.step(gradients, 0.5);
      for (Parameter parameter : all) {
        assertThat(parameter.tensor().toFloatArray()).isEqualTo(moved);
      }
    }
  }

  private void step(
      Optimizer optimizer, Gradients gradients, Parameter parameter, float... gradient) {
    parameters.give(parameter, gradient);
    gradients.collect();
    optimizer.step(gradients, 1);
  }
}
