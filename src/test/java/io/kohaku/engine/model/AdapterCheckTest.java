package io.kohaku.engine.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.demo.model.TinySdxl;
import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterCheckTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @Test
  void tellsWhatAnAdapterIsInstead() throws IOException {
    Path page = Files.writeString(folder.resolve("a [1]:#.safetensors"), "<html>404</html>");
    assertThatThrownBy(() -> AdapterCheck.adapter(page.toString(), HADOOP))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(page.toString())
        .hasMessageContaining("a web page");
  }

  /** An adapter with blocks of a single number, which fit no layer. */
  private Path adapter(String name, String... layers) throws IOException {
    TestFile file = new TestFile();
    for (String layer : layers) {
      file.put(layer + ".lokr_w1", Dtype.F32, new long[] {1, 1}, 1)
          .put(layer + ".lokr_w2", Dtype.F32, new long[] {1, 1}, 1);
    }
    return file.write(folder.resolve(name));
  }

  private Settings settings(String... overrides) throws IOException {
    Path base = folder.resolve("base.safetensors");
    if (!Files.exists(base)) {
      TinySdxl.load().write(base);
    }
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("model.checkpoint=" + base);
    return SettingsSource.read(List.of(), all).settings();
  }

  @Test
  void layersThatTheBaseLacksAreToldByTheHeaders() throws IOException {
    Path other =
        adapter("other.safetensors", "lora_unet_a", "lora_unet_b", "lora_unet_c", "lora_unet_d");
    ModelSettings model = settings().model();
    assertThatThrownBy(() -> AdapterCheck.fit(model, List.of(other.toString()), HADOOP))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Unknown layers: lora_unet_a, lora_unet_b, lora_unet_c and 1 more in %s (the networks do not have them)"
                .formatted(other));
    String proj = "lora_unet_middle_block_1_proj_in";
    Path misshapen = adapter("misshapen.safetensors", proj);
    assertThatThrownBy(() -> AdapterCheck.fit(model, List.of(misshapen.toString()), HADOOP))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("Invalid tensor " + proj);
    Files.delete(Path.of(model.checkpoint())); // Still to be made: not looked at.
    AdapterCheck.fit(model, List.of(other.toString()), HADOOP);
  }

  private void trains(String toml, String... overrides) throws IOException {
    Path file = Files.writeString(folder.resolve("preset.toml"), toml);
    Settings settings = settings(overrides);
    AdapterCheck.trained(settings, PresetFile.load(file.toString()), HADOOP);
  }

  @Test
  void aPresetThatSelectsNothingIsRefused() throws IOException {
    String text = "text_encoder_target_module = []\ntext_encoder_target_name = []\n";
    String unet = "unet_target_name = []\nunet_target_module = ";
    assertThatThrownBy(() -> trains(text + unet + "[\"Nothing\"]"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Invalid lokr.preset: ")
        .hasMessageContaining("the preset selects none of ");
    trains(text + unet + "[\"Nothing\", \"Transformer2DModel\"]");
  }

  @Test
  void anAdapterOfOtherLayersIsNotResumed() throws IOException {
    Path resume = adapter("resume.safetensors", "lora_unet_middle_block_1_proj_in");
    assertThatThrownBy(() -> trains("enable_conv = true", "lokr.resume=" + resume))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot resume the adapter from %s: it lacks lora_", resume)
        .hasMessageEndingWith(" more (lokr.preset must select the layers of lokr.resume)");
  }
}
