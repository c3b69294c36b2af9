package io.kohaku.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.settings.binding.SettingsException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketSettingsTest {
  private static BucketSettings read(String buckets) {
    List<String> overrides = List.of("images.buckets={" + buckets + "}");
    return SettingsSource.read(List.of(), overrides).settings().images().buckets();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"step | 8", "step | 16", "step | 48", "min-side | 250", "max-side | 4104"})
  void sizesThatTheUNetCannotHalveTwiceAreRefused(String key, int value) {
    assertThatThrownBy(() -> read(key + "=" + value))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(
            "Invalid images.buckets.%s: %s (must be a multiple of 32, as the U-Net needs pictures' sides)"
                .formatted(key, value));
  }

  @Test
  void sidesThatNoBucketTakesMayBeAny() {
    assertThat(read("upscale=false, min-side=250, max-side=4104, step=96").step()).isEqualTo(96);
  }
}
