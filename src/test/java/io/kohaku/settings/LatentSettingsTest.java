package io.kohaku.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.settings.LatentSettings.Computing;
import io.kohaku.settings.binding.SettingsException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatentSettingsTest {
  private static LatentSettings latents(String... overrides) {
    return SettingsSource.read(List.of(), List.of(overrides)).settings().latents();
  }

  @ParameterizedTest
  @CsvSource({"AUTO, FP32, FP16", "FP32, FP32, FP32", "BF16, BF16, BF16", "FP16, FP16, FP16"})
  void onlyAutoAsksForTheDevice(Computing asked, Precision onCpus, Precision onGpus) {
    assertThat(asked.precision(false)).isEqualTo(onCpus);
    assertThat(asked.precision(true)).isEqualTo(onGpus);
  }

  @Test
  void autoIsTheDefaultAndOthersAreRefused() {
    assertThat(latents().precision()).isEqualTo(Computing.AUTO);
    assertThatThrownBy(() -> latents("latents.precision=fp8"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("Invalid latents.precision: \"fp8\" (one of auto, fp32, bf16, fp16)");
    assertThatThrownBy(() -> latents("latents.batch-pixels=-1"))
        .hasMessageContaining("Invalid latents.batch-pixels: -1");
    assertThatThrownBy(
            () -> SettingsSource.read(List.of(), List.of("export-vae.precision=auto")).settings())
        .as("a model is made for any device")
        .hasMessageContaining("Invalid export-vae.precision: \"auto\" (one of fp32, bf16, fp16)");
  }

  @Test
  void aPredictorHasNoMemoryFormat() {
    assertThat(latents("latents.memory-format=channels-last").memoryFormat())
        .isEqualTo(SpeedSettings.MemoryFormat.CHANNELS_LAST);
    assertThatThrownBy(
            () -> latents("latents.memory-format=channels-last", "latents.runner=predictor"))
        .hasMessageContaining(
            "Invalid latents.memory-format: channels-last (needs runner = kernels)");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1048576, 4", // Off.
    "0, 4096, 4",
    "4194304, 1048576, 4",
    "4194304, 1048577, 3",
    "4194304, 65536, 64",
    "4194304, 16777216, 1", // At least one.
  })
  void aBatchHasSoManyImagesOrSoManyPixels(int batchPixels, long pixels, int images) {
    assertThat(latents("latents.batch-pixels=" + batchPixels).batch(pixels)).isEqualTo(images);
  }
}
