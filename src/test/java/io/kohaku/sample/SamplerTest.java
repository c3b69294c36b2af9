package io.kohaku.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;

/** The tables, run on one number, against the update rules written out. */
class SamplerTest {
  private static final double[] LEVELS = SigmaSchedule.KARRAS.levels(NoiseLevels.SDXL, 6);
  private static final double START = 3.7;

  /** What stands for the U-Net: some smooth prediction that depends on x and σ. */
  private static final DoubleBinaryOperator DENOISE = (x, sigma) -> Math.tanh(x) / (1 + sigma);

  /** What stands for the noise of step {@code i}. */
  private static double noise(int i) {
    return Math.sin(1 + i);
  }

  private static double[] run(Sampler sampler) {
    List<SamplerStep> steps = sampler.steps(LEVELS);
    double[] path = new double[steps.size() + 1];
    path[0] = START;
    double before = 0;
    for (int i = 0; i < steps.size(); i++) {
      SamplerStep step = steps.get(i);
      assertThat(step.sigma()).isEqualTo(LEVELS[i]);
      double denoised = DENOISE.applyAsDouble(path[i], step.sigma());
      path[i + 1] =
          step.latents() * path[i]
              + step.denoised() * denoised
              + step.previous() * before
              + step.noise() * noise(i);
      before = denoised;
    }
    return path;
  }

  private static double denoised(double[] path, int i) {
    return DENOISE.applyAsDouble(path[i], LEVELS[i]);
  }

  @Test
  void eulerFollowsTheSlope() {
    double[] path = run(Sampler.EULER);
    for (int i = 0; i + 1 < LEVELS.length; i++) {
      double slope = (path[i] - denoised(path, i)) / LEVELS[i];
      assertThat(path[i + 1])
          .isEqualTo(path[i] + slope * (LEVELS[i + 1] - LEVELS[i]), within(1e-12));
    }
  }

  @Test
  void ancestralEulerStepsFurtherDownAndAddsNoise() {
    double[] path = run(Sampler.EULER_A);
    for (int i = 0; i + 1 < LEVELS.length; i++) {
      double from = LEVELS[i];
      double to = LEVELS[i + 1];
      double up = Math.min(to, Math.sqrt(to * to * (from * from - to * to) / (from * from)));
      double down = Math.sqrt(to * to - up * up);
      double slope = (path[i] - denoised(path, i)) / from;
      assertThat(path[i + 1])
          .isEqualTo(path[i] + slope * (down - from) + noise(i) * up, within(1e-12));
    }
  }

  @Test
  void secondOrderUsesTheAnswerBefore() {
    double[] path = run(Sampler.DPM_PLUS_PLUS_2M);
    for (int i = 0; i + 1 < LEVELS.length; i++) {
      double to = LEVELS[i + 1];
      double h = Math.log(LEVELS[i]) - Math.log(to);
      double d = denoised(path, i);
      if (i > 0 && to > 0) {
        double r = (Math.log(LEVELS[i - 1]) - Math.log(LEVELS[i])) / h;
        d = (1 + 1 / (2 * r)) * d - 1 / (2 * r) * denoised(path, i - 1);
      }
      double expected = to / LEVELS[i] * path[i] - Math.expm1(-h) * d;
      assertThat(path[i + 1]).isEqualTo(expected, within(1e-12));
    }
  }

  @Test
  void stochasticSecondOrderAddsNoiseAndEndsOnTheAnswer() {
    double[] path = run(Sampler.DPM_PLUS_PLUS_2M_SDE);
    int last = LEVELS.length - 2;
    for (int i = 0; i < last; i++) {
      double to = LEVELS[i + 1];
      double h = Math.log(LEVELS[i]) - Math.log(to);
      double d = denoised(path, i);
      double expected = to / LEVELS[i] * Math.exp(-h) * path[i] - Math.expm1(-2 * h) * d;
      if (i > 0) {
        double r = (Math.log(LEVELS[i - 1]) - Math.log(LEVELS[i])) / h;
        expected += 0.5 * -Math.expm1(-2 * h) / r * (d - denoised(path, i - 1));
      }
      expected += noise(i) * to * Math.sqrt(-Math.expm1(-2 * h));
      assertThat(path[i + 1]).isEqualTo(expected, within(1e-12));
    }
    assertThat(path[last + 1]).isEqualTo(denoised(path, last));
  }

  @Test
  void everySamplerFindsAConstantAnswer() {
    for (Sampler sampler : Sampler.values()) {
      double x = START;
      for (SamplerStep step : sampler.steps(LEVELS)) {
        x = step.latents() * x + step.denoised() * 0.25 + step.previous() * 0.25;
      }
      assertThat(x).as(sampler.label()).isEqualTo(0.25, within(1e-12));
    }
  }
}
