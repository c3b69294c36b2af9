package io.kohaku.settings;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.settings.binding.SettingsException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LokrSettingsTest {

  @Test
  void tellsEveryProblemOfTheAdapter() {
    List<String> bad =
        List.of(
            "lokr.factor=0",
            "lokr.conv-dim=0",
            "lokr.conv-alpha=-1",
            "lokr.max-norm=0",
            "export.model-spec.colour=red");
    assertThatThrownBy(() -> SettingsSource.read(List.of(), bad).settings())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("Invalid lokr.factor: 0 (-1 or at least 1)")
        .hasMessageContaining("Invalid lokr.conv-dim: 0 (at least 1)")
        .hasMessageContaining("Invalid lokr.conv-alpha: -1.0 (at least 0)")
        .hasMessageContaining("Invalid lokr.max-norm: 0.0 (above 0)")
        .hasMessageContaining("Invalid export.model-spec: colour (keys are title, author, ");
  }

  @Test
  void tellsWhatDoesNotGoWithWeightsMergedOnceAnUpdate() {
    List<String> bad = List.of("train.speed.merge=update", "lokr.module-dropout=0.1");
    assertThatThrownBy(() -> SettingsSource.read(List.of(), bad).settings())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(
            "Invalid train.speed.merge: update (needs lokr.rank-dropout = 0 and lokr.module-dropout = 0");
    for (String way : List.of("merge", "read-loss")) {
      List<String> both = List.of("train.speed." + way + "=update", "train.speed.overlap-sum=true");
      assertThatThrownBy(() -> SettingsSource.read(List.of(), both).settings())
          .hasMessageContaining(
              "Invalid train.speed.overlap-sum: true (needs merge = micro-batch and read-loss = micro-batch");
    }
  }

  @Test
  void tellsTheNewNamesOfWhatWasRenamed() {
    List<String> retired =
        List.of(
            "lokr.lengths=output",
            "lokr.save-precision=fp32",
            "lokr.model-spec.title=x",
            "lokr.mode=factorised");
    assertThatThrownBy(() -> SettingsSource.read(List.of(), retired).settings())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("Retired setting: lokr.lengths (now lokr.weight-decompose)")
        .hasMessageContaining("Retired setting: lokr.save-precision (now export.save-precision)")
        .hasMessageContaining("Retired setting: lokr.model-spec (now export.model-spec)")
        .hasMessageContaining("Invalid lokr.mode: \"factorised\" (now bypass)");
  }

  @Test
  void everyRetiredNameHasASuccessorOfToday() {
    assertThatCode(
            () ->
                SettingsSource.read(
                        List.of(),
                        List.of(
                            "lokr.weight-decompose=output",
                            "export.save-precision=fp32",
                            "export.model-spec.title=x",
                            "lokr.mode=bypass"))
                    .settings())
        .doesNotThrowAnyException();
  }
}
