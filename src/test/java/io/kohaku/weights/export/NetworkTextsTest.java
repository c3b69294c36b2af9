package io.kohaku.weights.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.settings.LokrSettings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.tensor.Dtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworkTextsTest {

  @Test
  void tellsLycorisHowToBuildTheNetwork() {
    assertThat(texts(settings("lokr.rank-dropout=0.1"), new WholeBlocks(false, false), Dtype.F16))
        .containsEntry("ss_network_module", "lycoris.kohya")
        .containsEntry("ss_network_dim", "10000")
        .containsEntry("ss_network_alpha", "1.0")
        .containsEntry("ss_network_dropout", "None")
        .containsEntry("ss_scale_weight_norms", "None")
        .containsEntry(
            "ss_network_args",
            "{\"algo\":\"lokr\",\"preset\":\"delta.toml\",\"factor\":\"8\","
                + "\"conv_dim\":\"10000\",\"conv_alpha\":\"1.0\",\"full_matrix\":\"True\","
                + "\"rank_dropout\":\"0.1\"}");
  }

  @Test
  void tellsTheAxisOfAWeightDecomposition() {
    assertThat(
            texts(settings("lokr.weight-decompose=output"), WholeBlocks.ALL, Dtype.F16)
                .get("ss_network_args"))
        .contains("\"dora_wd\":\"True\",\"wd_on_output\":\"True\"");
    assertThat(
            texts(settings("lokr.weight-decompose=input"), WholeBlocks.ALL, Dtype.F16)
                .get("ss_network_args"))
        .contains("\"dora_wd\":\"True\",\"wd_on_output\":\"False\"");
    assertThat(texts(settings(), WholeBlocks.ALL, Dtype.F16).get("ss_network_args"))
        .doesNotContain("wd");
  }

  @ParameterizedTest
  @CsvSource({
    "10000, 0, F16, 10000",
    "10000, 1, F16, 10000",
    "10000, 4, BF16, 9984",
    "10000000000000, 1, F16, 65504",
    "100000, 0, F32, 100000",
  })
  void fullMatricesHaveOneNumberForDimAndAlpha(long dim, double alpha, Dtype dtype, String one) {
    LokrSettings settings = settings("lokr.dim=" + dim, "lokr.alpha=" + alpha);
    Map<String, String> texts = texts(settings, WholeBlocks.ALL, dtype);
    assertThat(texts).containsEntry("ss_network_dim", one);
    assertThat(Double.parseDouble(texts.get("ss_network_alpha"))).isEqualTo(Double.valueOf(one));
    assertThat(texts.get("ss_network_args"))
        .contains("\"conv_dim\":\"%s\",\"conv_alpha\":\"%s.0\"".formatted(one, one));
  }

  @Test
  void anAlphaOfNothingIsTheRank() {
    LokrSettings settings = settings("lokr.dim=16", "lokr.alpha=0", "lokr.conv-dim=4");
    assertThat(texts(settings, new WholeBlocks(false, false), Dtype.F16))
        .containsEntry("ss_network_alpha", "16.0")
        .extractingByKey("ss_network_args")
        .asString()
        .contains("\"conv_dim\":\"4\",\"conv_alpha\":\"4.0\"");
  }

  @Test
  void whatIsFullHasItsDimForAlphaBesideWhatIsNot() {
    LokrSettings settings =
        settings("lokr.dim=3", "lokr.alpha=2", "lokr.conv-dim=10000", "lokr.conv-alpha=1e-300");
    assertThat(texts(settings, new WholeBlocks(false, true), Dtype.F16))
        .containsEntry("ss_network_dim", "3")
        .containsEntry("ss_network_alpha", "2.0")
        .extractingByKey("ss_network_args")
        .asString()
        .contains("\"conv_dim\":\"10000\",\"conv_alpha\":\"10000.0\"");
  }

  private static Map<String, String> texts(LokrSettings settings, WholeBlocks whole, Dtype dtype) {
    KohyaTexts texts = new KohyaTexts();
    NetworkTexts.put(texts, settings, whole, dtype);
    return texts.all();
  }

  private static LokrSettings settings(String... more) {
    List<String> all =
        new ArrayList<>(List.of("lokr.preset=conf/lycoris/delta.toml", "lokr.dim=10000"));
    all.addAll(List.of(more));
    return SettingsSource.read(List.of(), all).settings().lokr();
  }
}
