package io.kohaku.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.settings.TrainSettings.AdapterPrecision;
import io.kohaku.settings.binding.SettingsException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdapterPrecisionTest {
  private static final String HALF = "train.adapter-precision=fp16";

  @Test
  void isFloat32UnlessAskedFor() {
    assertThat(read().adapterPrecision()).isEqualTo(AdapterPrecision.FP32);
    assertThat(read(HALF, "train.compute=fp16").adapterPrecision())
        .isEqualTo(AdapterPrecision.FP16);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp32", "bf16"})
  void needsTheLossScaleOfFp16(String compute) {
    assertThatThrownBy(() -> read(HALF, "train.compute=" + compute))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(
            "Invalid train.adapter-precision: fp16 (needs compute = fp16, whose loss scale keeps fp16 gradients from vanishing)");
  }

  private static TrainSettings read(String... settings) {
    return SettingsSource.read(List.of(), List.of(settings)).settings().train();
  }
}
