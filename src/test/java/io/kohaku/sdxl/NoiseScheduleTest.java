package io.kohaku.sdxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kohaku.Golden;
import io.kohaku.tensor.SafeTensors;
import java.nio.FloatBuffer;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class NoiseScheduleTest {
  @Test
  void followsTheReferenceToTheLastBits() {
    try (SafeTensors golden = SafeTensors.open(Golden.path("tiny-sdxl-vectors.safetensors"))) {
      FloatBuffer alphas = golden.bytes("alphas_cumprod").asFloatBuffer();
      FloatBuffer ratios = golden.bytes("all_snr").asFloatBuffer();
      for (int t = 0; t < NoiseSchedule.TIMESTEPS; t++) {
        assertThat(NoiseSchedule.SDXL.alphaCumulative(t))
            .isEqualTo(alphas.get(t), within(2.1f * Math.ulp(alphas.get(t))));
        assertThat(NoiseSchedule.SDXL.signalToNoise(t))
            .isCloseTo(ratios.get(t), Percentage.withPercentage(0.02));
      }
    }
  }

  @Test
  void reachesTheKnownSigmas() {
    NoiseSchedule schedule = NoiseSchedule.SDXL;
    assertThat(schedule.sigma(0)).isEqualTo(0.0291675, within(2e-6));
    assertThat(schedule.sigma(100)).isEqualTo(0.3439318, within(1e-6));
    assertThat(schedule.sigma(500)).isEqualTo(1.6182797, within(1e-6));
    assertThat(schedule.sigma(999)).isEqualTo(14.6146469, within(1e-5));
  }
}
