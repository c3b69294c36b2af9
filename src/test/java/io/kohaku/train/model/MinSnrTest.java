package io.kohaku.train.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.kohaku.Golden;
import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.tensor.file.SafeTensors;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

final class MinSnrTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.SDXL;
  private static final MinSnr MIN_SNR = new MinSnr(5);

  @Test
  void agreesWithTheReference() {
    agrees(MIN_SNR.weights(SCHEDULE, Prediction.EPSILON), "min_snr5_eps");
    agrees(MIN_SNR.weights(SCHEDULE, Prediction.VELOCITY), "min_snr5_v");
  }

  private static void agrees(float[] weights, String name) {
    try (SafeTensors golden = SafeTensors.open(Golden.path("tiny-sdxl-vectors.safetensors"))) {
      FloatBuffer expected = golden.bytes(name).asFloatBuffer();
      for (int t = 0; t < weights.length; t++) {
        assertThat(weights[t])
            .as("%s of %d", name, t)
            .isCloseTo(expected.get(), withinPercentage(1e-4));
      }
      assertThat(expected.hasRemaining()).isFalse();
    }
  }

  @Test
  void noiseWithoutSignalHasFullWeight() {
    assertThat(MIN_SNR.weights(SCHEDULE.zeroTerminal(), Prediction.EPSILON)[999]).isEqualTo(1);
    assertThat(MIN_SNR.weights(SCHEDULE.zeroTerminal(), Prediction.VELOCITY)[999]).isZero();
  }

  @Test
  void gammaZeroWeighsAllAlike() {
    assertThat(new MinSnr(0).weights(SCHEDULE, Prediction.VELOCITY)).containsOnly(1f);
    assertThatThrownBy(() -> new MinSnr(-1))
        .hasMessage("Invalid gamma: -1.0 (must not be negative)");
  }
}
