package io.kohaku.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.settings.SettingsSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobsTest {
  @Test
  void theSettingsThatAStageNamesExist() {
    SettingsSource defaults = SettingsSource.read(List.of(), List.of());
    for (StageJob job : Jobs.pipeline()) {
      for (String section : job.sections()) {
        assertThat(defaults.json(section)).as(job.name() + " " + section).isNotBlank();
      }
    }
  }
}
