package io.kohaku.lokr.stored;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.lokr.AdaptedModule;
import io.kohaku.sdxl.DiffusersTiny;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.Network;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What programs call SDXL's modules. */
class LayerNamesTest {
  @Test
  void diffusersNamesAreThoseOfTheConversionScript() {
    for (AdaptableLayer module : WidestSdxl.modules()) {
      if (module.network() == Network.UNET) {
        String path = DiffusersPaths.of(module.path());
        assertThat(path + ".weight").isEqualTo(DiffusersTiny.unet(module.path() + ".weight"));
      }
    }
  }

  @Test
  void everyModuleIsFoundUnderEveryNameAndNoneTwice() {
    for (AdaptableLayer module : WidestSdxl.modules()) {
      assertThat(LayerNames.of(module))
          .hasSizeGreaterThanOrEqualTo(7)
          .contains(AdaptedModule.nameOf(module));
      for (String name : LayerNames.of(module)) {
        assertThat(LayerNames.kohya(name)).contains(AdaptedModule.nameOf(module));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "lora_unet_down_blocks_1_attentions_0_transformer_blocks_1_attn1_to_out_0,"
        + " lora_unet_input_blocks_4_1_transformer_blocks_1_attn1_to_out_0",
    "lora_unet_mid_block_resnets_1_time_emb_proj, lora_unet_middle_block_2_emb_layers_1",
    "lycoris_up_blocks_0_upsamplers_0_conv, lora_unet_output_blocks_2_2_conv",
    "unet.add_embedding.linear_2, lora_unet_label_emb_0_2",
    "unet.up_blocks.2.resnets.2.conv_shortcut, lora_unet_output_blocks_8_0_skip_connection",
    "base_model.model.down_blocks.0.downsamplers.0.conv, lora_unet_input_blocks_3_0_op",
    "diffusion_model.output_blocks.5.1.norm, lora_unet_output_blocks_5_1_norm",
    "text_encoder_2.text_model.encoder.layers.31.self_attn.q_proj,"
        + " lora_te2_text_model_encoder_layers_31_self_attn_q_proj",
    "unet.mid_block.attentions.0.transformer_blocks.9.attn2.processor.to_out,"
        + " lora_unet_middle_block_1_transformer_blocks_9_attn2_to_out_0"
  })
  void namesOfOtherProgramsAreKohyas(String name, String kohya) {
    assertThat(LayerNames.kohya(name)).contains(kohya);
  }

  @ParameterizedTest
  @CsvSource({
    "x.lora_A.weight, x, DOWN",
    "x.lora_B.default.weight, x, UP",
    "x.to_q_lora.up.weight, x.to_q, UP",
    "x.to_q.lora.down.weight, x.to_q, DOWN",
    "x.q_proj.lora_linear_layer.down.weight, x.q_proj, DOWN",
    "x.lora_magnitude_vector.default.weight, x, OUTPUT_MAGNITUDE",
    "x.lora_magnitude_vector, x, OUTPUT_MAGNITUDE",
    "x.lokr_w1, x, LOKR_W1",
    "x.lokr_w1_a, x, LOKR_W1_A",
    "x.diff_b, x, DIFF_BIAS",
    "x.b_norm, x, NORM_BIAS"
  })
  void theEndTellsThePart(String tensor, String layer, Part part) {
    PartName name = PartName.of(tensor).orElseThrow();
    assertThat(name.layer()).isEqualTo(layer);
    assertThat(name.part()).isEqualTo(part);
  }
}
