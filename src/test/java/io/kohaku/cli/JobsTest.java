package io.kohaku.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.engine.Workspace;
import io.kohaku.files.BucketFileSystem;
import io.kohaku.recipe.TrainJob;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobsTest {
  @TempDir private Path folder;

  @Test
  void trainingSaysWhereItCannotKeepCheckpointsAndWhichPresetItLacks() throws IOException {
    String bucket = BucketFileSystem.over(folder);
    Files.writeString(folder.resolve("file"), "x");
    Workspace workspace =
        new Workspace(new org.apache.hadoop.fs.Path(bucket + "/work"), new Configuration());
    String[] model = {
      "model.checkpoint=\"" + bucket + "/file\"", "model.tokenizer=\"" + bucket + "/file\""
    };
    String rule = "name a folder that every executor mounts at the same path)";
    assertThatThrownBy(() -> new TrainJob().checkSources(settings(model), workspace))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "Missing setting: train.checkpoint.folder (run.work is " + bucket + "/work; " + rule);
    String there = bucket + "/checkpoints";
    assertThatThrownBy(
            () ->
                new TrainJob()
                    .checkSources(
                        settings(model[0], model[1], "train.checkpoint.folder=\"" + there + "\""),
                        workspace))
        .hasMessage("Invalid train.checkpoint.folder: " + there + " (" + rule);
    assertThatThrownBy(
            () ->
                new TrainJob()
                    .checkSources(
                        settings(model[0], model[1], "lokr.preset=\"" + bucket + "/none\""),
                        workspace))
        .hasMessageStartingWith("Invalid lokr.preset: Unknown preset: " + bucket + "/none (one of");
  }

  private static Settings settings(String... overrides) {
    return SettingsSource.read(List.of(), List.of(overrides)).settings();
  }
}
