package io.kohaku.train.optimizer;

import static io.kohaku.settings.TrainSettings.Curve.CONSTANT;
import static io.kohaku.settings.TrainSettings.Curve.COSINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class LearningRateTest {
  /** The card's run: 100 steps of warm-up on two processes last 50 updates. */
  @Test
  void countsPerProcessAsTheCard() {
    LearningRate rate = new LearningRate(CONSTANT, 100, 28_638, 2);
    assertThat(4e-5 * rate.factor(0)).isZero();
    assertThat(4e-5 * rate.factor(1)).isCloseTo(8e-7, within(1e-15));
    assertThat(4e-5 * rate.factor(2)).isCloseTo(1.6e-6, within(1e-15));
    assertThat(4e-5 * rate.factor(49)).isCloseTo(3.92e-5, within(1e-15));
    assertThat(rate.factor(50)).isEqualTo(1);
    assertThat(rate.factor(28_637)).isEqualTo(1);
  }

  @Test
  void countsUpdates() {
    LearningRate rate = new LearningRate(CONSTANT, 100, 1000, 1);
    assertThat(rate.factor(50)).isEqualTo(0.5);
    assertThat(rate.factor(99)).isEqualTo(0.99);
    assertThat(rate.factor(100)).isEqualTo(1);
    assertThat(new LearningRate(CONSTANT, 0, 10, 1).factor(0)).isEqualTo(1);
  }

  @Test
  void cosineFallsToZero() {
    LearningRate rate = new LearningRate(COSINE, 10, 110, 1);
    assertThat(rate.factor(5)).isEqualTo(0.5);
    assertThat(rate.factor(10)).isEqualTo(1);
    assertThat(rate.factor(60)).isCloseTo(0.5, within(1e-12));
    assertThat(rate.factor(110)).isCloseTo(0, within(1e-12));
    LearningRate twice = new LearningRate(COSINE, 20, 110, 2);
    assertThat(twice.factor(60)).isCloseTo(rate.factor(60), within(1e-12));
  }

  /** A run that is asked for more updates goes on as if it had been from the start, or not. */
  @Test
  void theLengthOfTheRunMattersToTheCosineAlone() {
    LearningRate constant = new LearningRate(CONSTANT, 10, 110, 1);
    LearningRate cosine = new LearningRate(COSINE, 10, 110, 1);
    for (int done = 0; done <= 110; done++) {
      assertThat(new LearningRate(CONSTANT, 10, 220, 1).factor(done))
          .isEqualTo(constant.factor(done));
      double longer = new LearningRate(COSINE, 10, 220, 1).factor(done);
      if (done <= 10) {
        assertThat(longer).isEqualTo(cosine.factor(done));
      } else {
        assertThat(longer).isGreaterThan(cosine.factor(done));
      }
    }
  }

  @Test
  void refusesNumbersWithoutSense() {
    assertThatThrownBy(() -> new LearningRate(CONSTANT, -1, 1, 1))
        .hasMessage(
            "Invalid learning rate: warmup -1, total 1, steps per update 1 (at least 0, 1 and 1)");
  }
}
