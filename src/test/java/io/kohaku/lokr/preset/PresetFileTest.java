package io.kohaku.lokr.preset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.Golden;
import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PresetFileTest {

  @Test
  void readsAReferenceFile() {
    Preset preset = PresetFile.load(Golden.path("parity-preset.toml").toString());
    assertThat(preset.convolutions()).isTrue();
    assertThat(preset.unetModules())
        .containsExactly("Transformer2DModel", "ResnetBlock2D", "Downsample2D", "Upsample2D");
    assertThat(preset.unetNames()).isEmpty();
    assertThat(preset.moduleOverrides())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("FeedForward", factor(8), "ResnetBlock2D", factor(2), "CLIPMLP", factor(8)));
  }

  @Test
  void takesWhatIsLeftOutFromFull() {
    Preset preset = PresetFile.parse("most.toml", "use_fnmatch = false");
    assertThat(preset).isEqualTo(PresetFile.load("full"));
    String marked = "\uFEFFenable_conv = false";
    assertThat(PresetFile.parse("marked.toml", marked).convolutions()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# nothing yet\n", "\uFEFF"})
  void refusesAFileThatSaysNothing(String text) {
    assertThatThrownBy(() -> PresetFile.parse("empty.toml", text))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot read empty.toml as a preset: it says nothing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<!DOCTYPE html><html><body>404</body></html> | a web page",
        "version https://git-lfs.github.com/spec/v1 | a pointer of Git LFS",
        "{\"enable_conv\": true} | a JSON text",
        "'PK\u0003\u0004\u0014\u0000\u0000\u0000' | a zip archive",
        "'\u001f\uFFFD\u0008\u0000' | of a format that is not known here",
        "<?xml?><Error/> | an XML text"
      })
  void tellsWhatAFileIsInstead(String text, String what) {
    assertThatThrownBy(() -> PresetFile.parse("x.toml", text))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot read x.toml as a preset in TOML: it seems to be " + what);
  }

  @Test
  void aSlipInTomlIsToldWithItsLine() {
    for (String text : List.of("enable_conv = maybe", "[a]\nenable conv", "a, b")) {
      assertThatThrownBy(() -> PresetFile.parse("x.toml", text))
          .hasMessageStartingWith("Cannot read preset x.toml: ")
          .hasMessageContaining("(line ");
    }
  }

  @Test
  void readsEveryOptionOfAnEntry() {
    Preset preset =
        PresetFile.parse(
            "x.toml",
            """
            use_fnmatch = true
            text_encoder_target_name = ["*.fc1"]
            [name_algo_map."*.fc1"]
            algo = "lokr"
            dim = 10000000000000
            alpha = 0.5
            factor = -1
            bypass_mode = true
            full_matrix = false
            weight_decompose = true
            wd_on_out = false
            """);
    assertThat(preset.wildcards()).isTrue();
    assertThat(preset.textNames()).isEqualTo(List.of("*.fc1"));
    assertThat(preset.nameOverrides())
        .isEqualTo(
            Map.of(
                "*.fc1",
                new LayerOverride(
                    10_000_000_000_000L,
                    0.5,
                    -1,
                    Map.of(
                        LokrFlag.FULL_MATRIX, false,
                        LokrFlag.WEIGHT_DECOMPOSE, true,
                        LokrFlag.DECOMPOSE_OVER_OUTPUTS, false),
                    ApplyMode.BYPASS)));
  }

  @Test
  void namesWhatIsUnknown() {
    assertThatThrownBy(() -> PresetFile.load("fulll"))
        .hasMessage(
            "Unknown preset: fulll (one of full, full-lin, attn-mlp, attn-only, unet-only,"
                + " unet-transformer-only, unet-convblock-only, ia3, or a TOML file)");
    assertThatThrownBy(() -> PresetFile.parse("x.toml", "enable_con = true"))
        .hasMessageStartingWith("Unknown preset key: enable_con in x.toml (one of enable_conv, ");
    assertThatThrownBy(() -> PresetFile.parse("x.toml", "[module_algo_map.CLIPMLP]\nfaktor = 2"))
        .hasMessageStartingWith(
            "Unknown preset key: module_algo_map.CLIPMLP.faktor in x.toml (one of algo, alpha, ");
    assertThatThrownBy(() -> PresetFile.parse("x.toml", "[module_algo_map.CLIPMLP]\nalgo='lora'"))
        .hasMessage(
            "Unknown algorithm: lora at module_algo_map.CLIPMLP.algo in x.toml (one of lokr)");
  }

  @Test
  void namesWhatIsInvalid() {
    assertInvalid("enable_conv = 1", "Invalid enable_conv: 1 in x.toml (true or false)");
    assertInvalid(
        "unet_target_module = 'a'",
        "Invalid unet_target_module: \"a\" in x.toml (a list of texts)");
    assertInvalid(
        "[module_algo_map]\nCLIPMLP = 3", "Invalid module_algo_map.CLIPMLP: 3 in x.toml (a table)");
    assertInvalid(
        "[name_algo_map.x]\nfactor = 0",
        "Invalid name_algo_map.x.factor: 0 in x.toml (-1 or at least 1)");
    assertInvalid(
        "[name_algo_map.x]\ndim = 1.5",
        "Invalid name_algo_map.x.dim: 1.5 in x.toml (a whole number)");
    assertInvalid(
        "[name_algo_map.x]\nalpha = inf",
        "Invalid name_algo_map.x.alpha: \"Infinity\" in x.toml (a finite number)");
    assertThatThrownBy(() -> PresetFile.parse("x.toml", "a = [1\nb = 2"))
        .hasMessageStartingWith("Cannot read preset x.toml: ")
        .hasMessageEndingWith("(line 2)");
  }

  private static void assertInvalid(String text, String message) {
    assertThatThrownBy(() -> PresetFile.parse("x.toml", text)).hasMessage(message);
  }

  private static LayerOverride factor(int factor) {
    return new LayerOverride(0, 0, factor, Map.of(), ApplyMode.AUTO);
  }
}
