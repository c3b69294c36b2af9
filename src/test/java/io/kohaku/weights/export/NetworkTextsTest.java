package io.kohaku.weights.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.settings.LokrSettings;
import io.kohaku.settings.SettingsSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NetworkTextsTest {

  @Test
  void tellsLycorisHowToBuildTheNetwork() {
    assertThat(texts(settings("lokr.rank-dropout=0.1")))
        .containsEntry("ss_network_module", "lycoris.kohya")
        .containsEntry("ss_network_dim", "10000")
        .containsEntry("ss_network_alpha", "1.0")
        .containsEntry("ss_network_dropout", "None")
        .containsEntry("ss_scale_weight_norms", "None")
        .containsEntry(
            "ss_network_args",
            "{\"algo\":\"lokr\",\"preset\":\"conf/lycoris/delta.toml\",\"factor\":\"8\","
                + "\"conv_dim\":\"10000\",\"conv_alpha\":\"1.0\",\"full_matrix\":\"True\","
                + "\"rank_dropout\":\"0.1\"}");
  }

  @Test
  void tellsTheAxisOfAWeightDecomposition() {
    assertThat(texts(settings("lokr.weight-decompose=output")).get("ss_network_args"))
        .contains("\"dora_wd\":\"True\",\"wd_on_output\":\"True\"");
    assertThat(texts(settings("lokr.weight-decompose=input")).get("ss_network_args"))
        .contains("\"dora_wd\":\"True\"")
        .doesNotContain("wd_on_output");
  }

  private static Map<String, String> texts(LokrSettings settings) {
    KohyaTexts texts = new KohyaTexts();
    NetworkTexts.put(texts, settings);
    return texts.all();
  }

  private static LokrSettings settings(String more) {
    return SettingsSource.read(
            List.of(), List.of("lokr.preset=conf/lycoris/delta.toml", "lokr.dim=10000", more))
        .settings()
        .lokr();
  }
}
