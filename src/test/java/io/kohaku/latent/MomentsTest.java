package io.kohaku.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MomentsTest {
  @Test
  void deviationComesFromTheClampedLogVariance() {
    Moments moments = Moments.ofLogVariance(new float[4], new float[] {0, 2, -100, 100});
    assertThat(moments.deviation()[0]).isEqualTo(1);
    assertThat(moments.deviation()[1]).isEqualTo((float) Math.E);
    assertThat(moments.deviation()[2]).isEqualTo((float) Math.exp(-15));
    assertThat(moments.deviation()[3]).isEqualTo((float) Math.exp(10));
  }

  @Test
  void notFiniteIsWhatHasANanOrAnInfinity() {
    float[] zeros = new float[2];
    assertThat(Moments.ofLogVariance(zeros, zeros).isFinite()).isTrue();
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] one = {0, value};
      assertThat(Moments.ofLogVariance(one, zeros).isFinite()).as("mean %s", value).isFalse();
      assertThat(Moments.ofLogVariance(zeros, one).isFinite())
          .as("log variance %s, clamped unless it is no number", value)
          .isEqualTo(!Float.isNaN(value));
    }
  }

  @Test
  void samplesAreNormalAndFollowTheSeed() {
    int count = 100_001;
    float[] mean = new float[count];
    float[] deviation = new float[count];
    Arrays.fill(mean, 3);
    Arrays.fill(deviation, 2);
    Moments moments = new Moments(mean, deviation);

    float[] sample = moments.sample(5);

    assertThat(sample).isEqualTo(moments.sample(5)).isNotEqualTo(moments.sample(6));
    double sum = 0;
    double squares = 0;
    double beyond = 0;
    for (float value : sample) {
      double z = (value - 3) / 2;
      sum += z;
      squares += z * z;
      beyond += Math.abs(z) > 1.959964 ? 1 : 0;
    }
    assertThat(sum / count).isCloseTo(0, within(0.015));
    assertThat(squares / count).isCloseTo(1, within(0.02));
    assertThat(beyond / count).isCloseTo(0.05, within(0.003));
  }

  @Test
  void momentsAreStoredWholeAndDrawnFromLater() {
    Moments moments = new Moments(new float[] {1, 2}, new float[] {3, 4});
    float[] stored = moments.stored(Posterior.MOMENTS, 9);
    assertThat(stored).containsExactly(1, 2, 3, 4);
    assertThat(Moments.ofStored(stored).sample(9)).isEqualTo(moments.stored(Posterior.SAMPLE, 9));
    assertThat(moments.stored(Posterior.MEAN, 9)).containsExactly(1, 2);
  }

  @Test
  void storageTellsWhatItCannotHold() {
    LatentFormat half = new LatentFormat(Posterior.MEAN, Storage.FP16);
    LatentFormat single = new LatentFormat(Posterior.MEAN, Storage.FP32);
    assertThat(half.holds(new float[] {65519, -65504})).isTrue();
    assertThat(half.holds(new float[] {65520})).isFalse();
    assertThat(single.holds(new float[] {65520})).isTrue();
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      assertThat(single.holds(new float[] {0, value})).isFalse();
      assertThat(half.holds(new float[] {0, value})).isFalse();
    }
  }
}
