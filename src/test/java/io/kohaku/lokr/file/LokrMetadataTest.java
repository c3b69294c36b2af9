package io.kohaku.lokr.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.lokr.Dropout;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.settings.LokrSettings;
import io.kohaku.settings.Precision;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LokrMetadataTest {

  @Test
  void tellsKohyaAndTheModelStandardWhatTheAdapterIs() {
    Map<String, String> texts =
        new LokrMetadata(
                settings(),
                "delta",
                "1024x1024",
                "epsilon",
                LocalDateTime.of(2024, 3, 1, 2, 3, 4, 5))
            .texts(Map.of("ss_steps", "28638"));
    assertThat(texts)
        .containsEntry("ss_steps", "28638")
        .containsEntry("ss_network_module", "lycoris.kohya")
        .containsEntry("ss_network_dim", "10000")
        .containsEntry("ss_network_alpha", "1.0")
        .containsEntry("ss_network_dropout", "None")
        .containsEntry("ss_base_model_version", "sdxl_base_v1-0")
        .containsEntry("ss_v2", "False")
        .containsEntry("ss_scale_weight_norms", "None")
        .containsEntry(
            "ss_network_args",
            "{\"algo\":\"lokr\",\"preset\":\"conf/lycoris/delta.toml\",\"factor\":\"8\","
                + "\"conv_dim\":\"10000\",\"conv_alpha\":\"1.0\",\"full_matrix\":\"True\","
                + "\"rank_dropout\":\"0.1\"}")
        .containsEntry("modelspec.sai_model_spec", "1.0.0")
        .containsEntry("modelspec.architecture", "stable-diffusion-xl-v1-base/lora")
        .containsEntry("modelspec.title", "A title")
        .containsEntry("modelspec.resolution", "1024x1024")
        .containsEntry("modelspec.date", "2024-03-01T02:03:04")
        .containsEntry("modelspec.prediction_type", "epsilon");
  }

  @Test
  void makesTheOptionsThatTheSettingsSay() {
    NetworkOptions options = NetworkOptions.of(settings());
    assertThat(options.layer().flags())
        .containsExactlyInAnyOrder(LokrFlag.FULL_MATRIX, LokrFlag.DECOMPOSE_OVER_OUTPUTS);
    assertThat(options.layer().dim()).isEqualTo(10000);
    assertThat(options.convolutionDim()).isEqualTo(10000);
    assertThat(options.dropout()).isEqualTo(new Dropout(0.1, 0));
    assertThat(options.layer().mode()).isEqualTo(ApplyMode.AUTO);
  }

  private static LokrSettings settings() {
    return new LokrSettings(
        "conf/lycoris/delta.toml",
        10000,
        1,
        Optional.empty(),
        Optional.empty(),
        8,
        true,
        false,
        false,
        false,
        false,
        false,
        LokrSettings.Lengths.NONE,
        0.1,
        false,
        0,
        Optional.empty(),
        LokrSettings.Mode.AUTO,
        Precision.FP16,
        Map.of("title", "A title"),
        Optional.empty());
  }
}
