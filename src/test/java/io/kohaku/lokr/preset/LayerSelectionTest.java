package io.kohaku.lokr.preset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.Dropout;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.NormLayer;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.SdxlLayout;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LayerSelectionTest {
  private static final TinySdxl TINY = TinySdxl.load();
  private static final List<AdaptableLayer> MODULES =
      SdxlLayout.of("tiny", TINY.tensors(), ModelOptions.DEFAULT, TINY.headWidth())
          .modules()
          .modules();
  private static final List<AdaptableLayer> LAYERS =
      MODULES.stream().filter(module -> !module.isNorm()).toList();

  @Test
  void createsTheParametersOfTheReferenceInItsOrder() throws IOException {
    List<LokrLayer> layers = select(PresetFile.load(Golden.path("parity-preset.toml").toString()));
    Map<String, List<Long>> parameters = new LinkedHashMap<>();
    Map<String, Double> alphas = new LinkedHashMap<>();
    for (LokrLayer layer : layers) {
      for (ParameterSpec parameter : layer.shape().parameters()) {
        parameters.put(layer.name() + "." + parameter.suffix(), longs(parameter));
      }
      alphas.put(layer.name() + ".alpha", layer.shape().alpha());
    }
    assertThat(parameters).containsExactlyEntriesOf(shapes(golden("lokr-params.json")));
    assertThat(alphas).containsExactlyInAnyOrderEntriesOf(numbers(golden("lokr-alpha.json")));
  }

  @Test
  void reachesNormsByClassAndByNameWhereTheyAreTrained() {
    Preset preset =
        preset(
            "unet_target_module = [\"GroupNorm\"]\nunet_target_name = [\"^out\\\\..+\"]\n"
                + "text_encoder_target_module = [\"LayerNorm\"]");
    List<String> names =
        LayerSelection.select(preset, options().withNorms(), MODULES).stream()
            .filter(NormLayer.class::isInstance)
            .map(AdaptedModule::name)
            .toList();
    assertThat(names)
        .hasSize(2 * (3 * 2 + 1) + 11 + 1)
        .contains(
            "lora_te1_text_model_final_layer_norm",
            "lora_te2_text_model_encoder_layers_2_layer_norm2",
            "lora_te2_text_model_final_layer_norm",
            "lora_unet_middle_block_1_norm")
        .endsWith("lora_unet_out_0");
    assertThat(select(preset)).extracting(LokrLayer::name).containsExactly("lora_unet_out_2");
  }

  @Test
  void leavesLargerKernelsOutWithoutConvolutions() {
    assertThat(select(PresetFile.load("full-lin")))
        .allSatisfy(layer -> assertThat(layer.shape().kernel()).isEqualTo(1))
        .anySatisfy(layer -> assertThat(layer.name()).endsWith("_skip_connection"))
        .noneSatisfy(layer -> assertThat(layer.name()).endsWith("_op"));
  }

  @Test
  void adaptsALargerKernelThatAnEntryGivesARank() {
    Preset preset =
        preset(
            "enable_conv = false\n[module_algo_map.Downsample2D]\ndim = 4\n"
                + "[module_algo_map.Upsample2D]\nfactor = 2");
    assertThat(select(preset))
        .anySatisfy(layer -> assertThat(layer.name()).endsWith("_op"))
        .noneSatisfy(layer -> assertThat(layer.name()).endsWith("_2_conv"));
  }

  @Test
  void replacesTheOptionsOfTheEntryAround() {
    Preset preset =
        preset(
            """
            [module_algo_map.Transformer2DModel]
            factor = 8
            rs_lora = true
            [module_algo_map.FeedForward]
            factor = 2
            """);
    Map<String, LokrLayer> layers = byName(select(preset));
    assertThat(layers.get("lora_unet_middle_block_1_proj_in").shape().l()).isEqualTo(8);
    String block = "lora_unet_middle_block_1_transformer_blocks_0_";
    assertThat(layers.get(block + "attn1_to_q").shape().l()).isEqualTo(8);
    assertThat(layers.get(block + "ff_net_2").shape().l()).isEqualTo(2);
    assertThat(layers.get("lora_te1_text_model_encoder_layers_0_mlp_fc1").shape().l()).isEqualTo(4);
  }

  @Test
  void fallsToTheEntryAroundWhereTheInnerOneDeclines() {
    Preset preset =
        preset(
            """
            enable_conv = false
            [module_algo_map.ResnetBlock2D]
            dim = 4
            factor = 8
            [module_algo_map.Conv2d]
            factor = 2
            """);
    LokrLayer layer = byName(select(preset)).get("lora_unet_middle_block_0_in_layers_2");
    assertThat(layer.shape().l()).isEqualTo(8);
    assertThat(layer.shape().rank()).isEqualTo(4);
  }

  @Test
  void matchesNamesFromTheirStartOrAsWildcards() {
    String names = "text_encoder_target_module = []\nunet_target_module = []\n";
    Preset regex =
        preset(names + "unet_target_name = ['input_blocks\\.4\\..*attn2', 'time_embed.0']");
    assertThat(select(regex))
        .extracting(LokrLayer::name)
        .containsExactly(
            "lora_unet_time_embed_0",
            "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_q",
            "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k",
            "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_v",
            "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_out_0");
    Preset wildcard =
        preset(names + "use_fnmatch = true\nunet_target_name = ['*.[!0-9]p', 'out.?']");
    assertThat(select(wildcard))
        .extracting(LokrLayer::name)
        .containsExactly(
            "lora_unet_input_blocks_3_0_op", "lora_unet_input_blocks_6_0_op", "lora_unet_out_2");
  }

  @Test
  void givesLayersAdaptedByNameTheirOwnEntry() {
    Preset preset =
        preset(
            """
            text_encoder_target_module = []
            unet_target_module = []
            unet_target_name = ['time_embed']
            [name_algo_map.'time_embed.0']
            factor = 2
            [module_algo_map.Linear]
            factor = 8
            """);
    assertThat(select(preset)).extracting(layer -> layer.shape().l()).containsExactly(2, 8);
  }

  @Test
  void refusesALayerReachedTwiceAndAnEmptySelection() {
    assertThatThrownBy(() -> select(preset("unet_target_name = ['middle_block.1.proj_in']")))
        .hasMessage(
            "Invalid preset: middle_block.1.proj_in is reached twice (by [Transformer2DModel"
                + " middle_block.1, the name middle_block.1.proj_in])");
    assertThatThrownBy(() -> select(PresetFile.load("ia3")))
        .hasMessage(
            "Cannot adapt the networks: the preset selects none of " + LAYERS.size() + " layers");
    assertThatThrownBy(() -> select(preset("unet_target_name = ['[']")))
        .hasMessage("Invalid name pattern: [ (Unclosed character class)");
  }

  @Test
  void namesTargetsThatNothingHas() {
    Preset preset =
        preset(
            """
            unet_target_module = ["Transformer2DModel", "Nothing"]
            unet_target_name = ["middle_block.1.proj_in", "middel_block.*"]
            text_encoder_target_name = [".*mlp.fc3"]
            [module_algo_map.CLIPMLP]
            factor = 2
            [module_algo_map.FeedForwards]
            factor = 2
            """);
    assertThat(IdleTargets.of(preset, LAYERS))
        .containsExactly(
            "unet_target_module Nothing",
            "unet_target_name middel_block.*",
            "text_encoder_target_name .*mlp.fc3",
            "module_algo_map FeedForwards");
    assertThat(IdleTargets.of(preset("enable_conv = true"), LAYERS)).isEmpty();
  }

  private static List<LokrLayer> select(Preset preset) {
    return AdaptedModule.layers(LayerSelection.select(preset, options(), LAYERS));
  }

  private static NetworkOptions options() {
    return new NetworkOptions(LokrOptions.fullMatrix(4).withRank(4, 1), 4, 1, false, Dropout.NONE);
  }

  private static Preset preset(String toml) {
    return PresetFile.parse("test.toml", toml);
  }

  private static Map<String, LokrLayer> byName(List<LokrLayer> layers) {
    Map<String, LokrLayer> named = new LinkedHashMap<>();
    layers.forEach(layer -> named.put(layer.name(), layer));
    return named;
  }

  private static List<Long> longs(ParameterSpec parameter) {
    return java.util.Arrays.stream(parameter.shape().getShape()).boxed().toList();
  }

  private static JsonNode golden(String name) throws IOException {
    return new ObjectMapper().readTree(Golden.path(name).toFile());
  }

  private static Map<String, List<Long>> shapes(JsonNode node) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    node.fields()
        .forEachRemaining(
            field -> {
              List<Long> shape = new java.util.ArrayList<>();
              field.getValue().forEach(dimension -> shape.add(dimension.asLong()));
              shapes.put(field.getKey(), shape);
            });
    return shapes;
  }

  private static Map<String, Double> numbers(JsonNode node) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    node.fields()
        .forEachRemaining(field -> numbers.put(field.getKey(), field.getValue().asDouble()));
    return numbers;
  }
}
