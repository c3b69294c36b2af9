package io.kohaku.sdxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kohaku.Golden;
import io.kohaku.tensor.file.SafeTensors;
import java.nio.FloatBuffer;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class NoiseScheduleTest {
  @Test
  void followsTheReferenceToTheLastBit() {
    try (SafeTensors golden = SafeTensors.open(Golden.path("tiny-sdxl-vectors.safetensors"))) {
      FloatBuffer alphas = golden.bytes("alphas_cumprod").asFloatBuffer();
      FloatBuffer ratios = golden.bytes("all_snr").asFloatBuffer();
      for (int t = 0; t < NoiseSchedule.TIMESTEPS; t++) {
        assertThat(NoiseSchedule.SDXL.alphaCumulative(t)).isEqualTo(alphas.get(t));
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

  @Test
  void zeroTerminalEndsInNoiseOnly() {
    NoiseSchedule schedule = NoiseSchedule.SDXL.zeroTerminal();
    assertThat(schedule.alphaCumulative(0))
        .isEqualTo(NoiseSchedule.SDXL.alphaCumulative(0), within(1e-7f));
    assertThat(schedule.alphaCumulative(500)).isEqualTo(0.2410186f, within(1e-6f));
    assertThat(schedule.alphaCumulative(998)).isEqualTo(1.968e-7f, within(1e-9f));
    assertThat(schedule.alphaCumulative(999)).isZero();
  }
}
