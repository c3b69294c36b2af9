package io.kohaku.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.demo.model.TinySdxl;
import io.kohaku.input.UnusableFileException;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointCheckTest {
  @TempDir private Path folder;

  private static ModelSettings model(Path file, String... more) {
    List<String> overrides = new ArrayList<>(List.of(more));
    overrides.add("model.checkpoint=" + file);
    return SettingsSource.read(List.of(), overrides).settings().model();
  }

  @Test
  void aWholeModelPassesAndAnotherFileIsNamed() throws IOException {
    Path tiny = folder.resolve("tiny.safetensors");
    TinySdxl.load().write(tiny);
    CheckpointCheck.require(model(tiny), CheckpointCheck.Part.AUTOENCODER, new Configuration());
    Path page = Files.writeString(folder.resolve("page.safetensors"), "<!doctype html>\n<html>");
    assertThatThrownBy(
            () ->
                CheckpointCheck.require(
                    model(page), CheckpointCheck.Part.NETWORKS, new Configuration()))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(
            "Cannot read " + page + " as safetensors: it seems to be a web page");
    assertThatThrownBy(
            () ->
                CheckpointCheck.require(
                    model(tiny, "model.vae=" + page),
                    CheckpointCheck.Part.NETWORKS,
                    new Configuration()))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(page.toString());
  }

  @Test
  void manyOfAKindAreToldAsOne() {
    List<String> names = new ArrayList<>(List.of("betas", "v_pred"));
    for (int i = 0; i < 9; i++) {
      names.add("model_ema.x" + i);
    }
    names.add("denoiser.sigmas");
    assertThat(CheckpointCheck.told(names))
        .isEqualTo("betas, v_pred, model_ema.* (9 tensors), denoiser.sigmas");
  }
}
