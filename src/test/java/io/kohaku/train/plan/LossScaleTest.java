package io.kohaku.train.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LossScaleTest {
  @Test
  void doublesAfter2000GoodUpdatesInARow() {
    LossScale scale = LossScale.initial();
    for (int i = 0; i < 1999; i++) {
      scale = scale.afterGoodUpdate();
    }
    assertThat(scale).isEqualTo(new LossScale(65536, 1999, true));
    assertThat(scale.afterOverflow()).isEqualTo(new LossScale(32768, 0, true));
    assertThat(scale.afterGoodUpdate()).isEqualTo(new LossScale(131072, 0, true));
  }

  @Test
  void staysOneWhereNoneIsNeeded() {
    assertThat(LossScale.none().afterOverflow().afterGoodUpdate()).isEqualTo(LossScale.none());
    assertThat(LossScale.none().factor()).isEqualTo(1);
  }
}
