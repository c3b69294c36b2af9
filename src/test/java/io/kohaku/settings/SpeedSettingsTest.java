package io.kohaku.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.settings.binding.SettingsException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeedSettingsTest {
  private static final String OVERLAP = "train.speed.overlap-sum=true";

  @Test
  void sumsOverlapWithAWalkBackInSegmentsAlone() {
    assertThat(SettingsSource.read(List.of(), List.of(OVERLAP)).settings().train().speed())
        .matches(SpeedSettings::overlapSum);
    List<String> whole = List.of(OVERLAP, "train.gradient-checkpointing=false");
    assertThatThrownBy(() -> SettingsSource.read(List.of(), whole).settings())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(
            "Invalid train.speed.overlap-sum: true (needs gradient-checkpointing: without it all gradients are final at once)");
  }
}
