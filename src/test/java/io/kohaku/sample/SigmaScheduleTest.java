package io.kohaku.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.settings.TrainSettings.Prediction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigmaScheduleTest {
  private static final double[] DISCRETE_10 = {
    14.614647, 7.839885, 4.609176, 2.918308, 1.950162, 1.344928, 0.932358, 0.624977, 0.368659,
    0.029168, 0
  };
  private static final double[] KARRAS_10 = {
    14.614643, 9.102934, 5.478399, 3.168609, 1.749423, 0.914076, 0.446921, 0.201400, 0.081911,
    0.029168, 0
  };

  @Test
  void tenLevelsAreTheKnownOnes() {
    assertThat(SigmaSchedule.DISCRETE.levels(NoiseLevels.SDXL, 10))
        .containsExactly(DISCRETE_10, within(1e-5));
    assertThat(SigmaSchedule.KARRAS.levels(NoiseLevels.SDXL, 10))
        .containsExactly(KARRAS_10, within(1e-5));
  }

  @ParameterizedTest
  @EnumSource(SigmaSchedule.class)
  void oneStepGoesFromTheTopToZero(SigmaSchedule schedule) {
    assertThat(schedule.levels(NoiseLevels.SDXL, 1))
        .containsExactly(new double[] {14.614647, 0}, within(1e-5));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 146, 147, 500, 998, 999})
  void timestepsAndLevelsAreInverse(int timestep) {
    assertThat(NoiseLevels.SDXL.timestepAt(NoiseSchedule.SDXL.sigma(timestep)))
        .isEqualTo(timestep, within(1e-9));
    double between = Math.min(999, timestep + 0.25);
    assertThat(NoiseLevels.SDXL.timestepAt(NoiseLevels.SDXL.sigmaAt(between)))
        .isEqualTo(between, within(1e-9));
  }

  @Test
  void aScheduleThatEndsInNoiseAloneStartsHigh() {
    NoiseLevels levels = new NoiseLevels(NoiseSchedule.SDXL.zeroTerminal());
    assertThat(levels.highest()).isEqualTo(4518.76, within(0.01));
    assertThat(levels.lowest()).isEqualTo(0.0291675, within(1e-6));
    assertThat(levels.sigmaAt(500)).isEqualTo(Math.sqrt(1 / 0.2410186 - 1), within(1e-4));
    assertThat(SigmaSchedule.DISCRETE.levels(levels, 3)[0]).isEqualTo(levels.highest());
  }

  @Test
  void theAnswerToPureSignalAndNoiseGivesTheSignal() {
    double z = 0.7;
    double noise = -1.3;
    for (Prediction prediction : Prediction.values()) {
      Preconditioning preconditioning = Preconditioning.of(prediction, false);
      for (int t : new int[] {0, 147, 999}) {
        double sigma = NoiseSchedule.SDXL.sigma(t);
        double root = Math.sqrt(1 / (sigma * sigma + 1));
        double said =
            prediction == Prediction.EPSILON
                ? noise
                : root * noise - Math.sqrt(1 - root * root) * z;
        double x = z + sigma * noise;
        assertThat(preconditioning.skip(sigma) * x + preconditioning.output(sigma) * said)
            .isEqualTo(z, within(1e-9));
      }
    }
  }

  @Test
  void levelsOutsideTheScheduleMeetItsEnds() {
    assertThat(NoiseLevels.SDXL.timestepAt(100)).isEqualTo(999);
    assertThat(NoiseLevels.SDXL.timestepAt(0.001)).isZero();
  }
}
