package io.kohaku.lokr.preset;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.lokr.Dropout;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.settings.SettingsSource;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NetworkOptionsTest {

  @Test
  void makesTheOptionsThatTheSettingsSay() {
    NetworkOptions options =
        NetworkOptions.of(
            SettingsSource.read(List.of(), List.of("lokr.dim=10000", "lokr.rank-dropout=0.1"))
                .settings()
                .lokr());
    assertThat(options.layer().flags())
        .containsExactlyInAnyOrder(LokrFlag.FULL_MATRIX, LokrFlag.DECOMPOSE_OVER_OUTPUTS);
    assertThat(options.layer().dim()).isEqualTo(10000);
    assertThat(options.convolutionDim()).isEqualTo(10000);
    assertThat(options.dropout()).isEqualTo(new Dropout(0.1, 0));
    assertThat(options.layer().mode()).isEqualTo(ApplyMode.AUTO);
  }
}
