package io.kohaku.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kohaku.lokr.cost.LayerTokens;
import org.junit.jupiter.api.Test;

class OperationsTest {
  /** What is published, 2.99 million million multiplications, leaves attention out. */
  @Test
  void theUnetForwardIsAsPublished() {
    LayerTokens tokens = new LayerTokens(1, 128, 128, 1);
    Operations operations = new Operations(ModelSize.REAL.layout(), tokens);
    double texts = 77 * 2 * (85e6 + 630e6);
    double attention = 10 * 4.0 * 4096 * (4096 + 77) * 640 + 60 * 4.0 * 1024 * (1024 + 77) * 1280;
    assertThat(operations.forward() - texts - attention).isCloseTo(5.98e12, within(0.05e12));
  }

  @Test
  void theWayBackIsTwiceTheWayForward() {
    LayerTokens tokens = new LayerTokens(1, 8, 8, 1);
    Operations operations = new Operations(ModelSize.TINY.layout(), tokens);
    assertThat(operations.training()).isEqualTo(3 * operations.forward());
  }
}
