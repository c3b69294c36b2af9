package io.kohaku.sdxl.layout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.sdxl.RealSdxl;
import io.kohaku.sdxl.layout.AdaptableLayer.Enclosing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ModuleRegistryTest {
  private static final Set<String> FULL =
      Set.of(
          "Transformer2DModel",
          "ResnetBlock2D",
          "Downsample2D",
          "Upsample2D",
          "CLIPAttention",
          "CLIPMLP");

  private final TinySdxl tiny = TinySdxl.load();
  private final ModuleRegistry modules =
      SdxlLayout.of("tiny", tiny.tensors(), ModelOptions.DEFAULT, tiny.headWidth()).modules();

  @Test
  void theWalkingOrderIsThatOfTheReference() throws IOException {
    List<String> expected = new ArrayList<>();
    Map<?, ?> golden =
        new ObjectMapper().readValue(Golden.path("lokr-params.json").toFile(), Map.class);
    for (Object name : golden.keySet()) {
      if (name.toString().endsWith(".lokr_w1")) {
        expected.add(name.toString().replace(".lokr_w1", ""));
      }
    }
    List<String> adapted =
        modules.layers().stream()
            .filter(layer -> layer.enclosing().stream().anyMatch(e -> FULL.contains(e.className())))
            .map(
                layer ->
                    "lora_"
                        + layer.network().name().toLowerCase(Locale.ROOT)
                        + "_"
                        + layer.path().replace('.', '_'))
            .toList();
    assertThat(adapted).isEqualTo(expected);
  }

  @Test
  void theRealModelHasTheReferencesCounts() {
    ModuleRegistry real =
        SdxlLayout.of("real", RealSdxl.shapes(), ModelOptions.DEFAULT, 64).modules();
    Map<String, Long> counts =
        real.layers().stream()
            .flatMap(
                layer -> layer.enclosing().stream().map(e -> layer.network() + " " + e.className()))
            .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    assertThat(counts)
        .containsEntry("TE1 CLIPAttention", 48L)
        .containsEntry("TE1 CLIPMLP", 24L)
        .containsEntry("TE2 CLIPAttention", 128L)
        .containsEntry("TE2 CLIPMLP", 64L)
        .containsEntry("UNET ResnetBlock2D", 62L)
        .containsEntry("UNET CrossAttention", 560L)
        .containsEntry("UNET FeedForward", 140L)
        .containsEntry("UNET Transformer2DModel", 722L)
        .containsEntry("UNET Downsample2D", 2L)
        .containsEntry("UNET Upsample2D", 2L)
        .containsEntry("UNET GEGLU", 70L);
    assertThat(real.layers(Network.UNET)).hasSize(788 + 6);
    assertThat(
            real.norms().stream()
                .collect(Collectors.groupingBy(AdaptableLayer::network, Collectors.counting())))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(Network.TE1, 2 * 12L + 1, Network.TE2, 2 * 32L + 1, Network.UNET, 256L));
  }

  @Test
  void aLayerKnowsWhatItStandsIn() {
    AdaptableLayer layer =
        modules.layers().stream()
            .filter(l -> l.path().equals("input_blocks.4.1.transformer_blocks.0.attn2.to_out.0"))
            .findFirst()
            .orElseThrow();
    assertThat(layer.enclosing())
        .containsExactly(
            new Enclosing("SdxlUNet2DConditionModel", ""),
            new Enclosing("Transformer2DModel", "input_blocks.4.1"),
            new Enclosing("BasicTransformerBlock", "input_blocks.4.1.transformer_blocks.0"),
            new Enclosing("CrossAttention", "input_blocks.4.1.transformer_blocks.0.attn2"));
    assertThat(layer.shape()).containsExactly(64L, 64L);
  }
}
