package io.kohaku.demo.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FormulaWeightsTest {
  @Test
  void dataIsTheStreamOfTheGoldenVectors() {
    float[] latents = FormulaWeights.data("golden/latents", 2 * 4 * 16 * 24);
    assertThat(latents[0]).isEqualTo(-1.4642856121063232f);
    assertThat(latents[1]).isEqualTo(-0.4878646433353424f);
    assertThat(latents[latents.length - 1]).isEqualTo(0.410875529050827f);
    float[] noise = FormulaWeights.data("golden/noise", 2);
    assertThat(noise).containsExactly(-0.2543402910232544f, 0.8058971762657166f);
  }

  @Test
  void theScaleFollowsFromNameAndShape() {
    assertThat(largest(FormulaWeights.values("a.bias", 1000), 0)).isBetween(0.09, 0.1001);
    assertThat(largest(FormulaWeights.values("a.weight", 1000), 1)).isBetween(0.09, 0.1001);
    double limit = Math.sqrt(3.0 / (8 * 9));
    float[] convolution = FormulaWeights.values("a.weight", 20, 8, 3, 3);
    assertThat(convolution).hasSize(1440);
    assertThat(largest(convolution, 0)).isBetween(0.9 * limit, limit + 1e-6);
  }

  private static double largest(float[] values, double mean) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value - mean));
    }
    return largest;
  }

  @Test
  void theTinyModelHasEveryTensorOfACheckpoint() {
    TinySdxl tiny = TinySdxl.load();
    assertThat(tiny.tensors()).hasSize(893);
    assertThat(tiny.headWidth()).isEqualTo(16);
    assertThat(tiny.tensors().get("conditioner.embedders.1.model.text_projection"))
        .containsExactly(48, 48);
  }
}
