package io.kohaku.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictionSettingsTest {
  @TempDir private Path folder;

  private Path file(String name, String... marks) throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    for (String mark : marks) {
      tensors.add(TensorSource.of(mark, Dtype.F32, new long[] {0}, new byte[0]));
    }
    Path file = folder.resolve(name + ".safetensors");
    SafeTensorsWriter.write(file, Map.of(), tensors);
    return file;
  }

  private static Settings settled(String... overrides) {
    SettingsSource source = SettingsSource.read(List.of(), List.of(overrides));
    return PredictionSettings.settled(source, new Configuration()).settings();
  }

  @Test
  void aCheckpointTakesThePlaceOfTheDefaults() throws IOException {
    Path velocity = file("velocity", "v_pred", "ztsnr");
    Settings settings = settled("model.checkpoint=" + velocity);
    assertThat(settings.train().objective().prediction()).isEqualTo(Prediction.VELOCITY);
    assertThat(settings.train().objective().zeroTerminalSnr()).isTrue();
    assertThat(settings.sample().prediction()).isEqualTo(Prediction.VELOCITY);
    assertThat(settings.sample().zeroTerminalSnr()).isTrue();
  }

  @Test
  void whatDrawsMayBeAnother() throws IOException {
    Path plain = file("plain", "x");
    Path velocity = file("velocity", "v_pred");
    Settings settings = settled("model.checkpoint=" + plain, "sample.checkpoint=" + velocity);
    assertThat(settings.train().objective().prediction()).isEqualTo(Prediction.EPSILON);
    assertThat(settings.sample().prediction()).isEqualTo(Prediction.VELOCITY);
    assertThat(settings.sample().zeroTerminalSnr()).isFalse();
  }

  @Test
  void filesThatSayNothingChangeNothing() throws IOException {
    SettingsSource source =
        SettingsSource.read(List.of(), List.of("model.checkpoint=" + file("plain", "x")));
    assertThat(PredictionSettings.settled(source, new Configuration())).isSameAs(source);
    SettingsSource missing =
        SettingsSource.read(List.of(), List.of("model.checkpoint=" + folder.resolve("none")));
    assertThat(PredictionSettings.settled(missing, new Configuration())).isSameAs(missing);
    SettingsSource blank = SettingsSource.read(List.of(), List.of());
    assertThat(PredictionSettings.settled(blank, new Configuration())).isSameAs(blank);
  }

  @Test
  void aSettingThatContradictsTheCheckpointIsAnError() throws IOException {
    Path velocity = file("velocity", "v_pred", "ztsnr");
    assertThatThrownBy(
            () -> settled("model.checkpoint=" + velocity, "train.objective.prediction=epsilon"))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "Invalid train.objective.prediction: epsilon (%s says velocity by the tensors v_pred and ztsnr; leave the setting out or set it so)"
                .formatted(velocity));
    assertThatThrownBy(
            () ->
                settled("model.checkpoint=" + velocity, "train.objective.zero-terminal-snr=false"))
        .hasMessageStartingWith("Invalid train.objective.zero-terminal-snr: false (");
    assertThatThrownBy(
            () ->
                settled(
                    "model.checkpoint=" + velocity,
                    "train.objective.prediction=velocity",
                    "train.objective.zero-terminal-snr=true",
                    "sample.prediction=epsilon",
                    "sample.zero-terminal-snr=false"))
        .hasMessageStartingWith("Invalid sample.prediction: epsilon (");
  }
}
