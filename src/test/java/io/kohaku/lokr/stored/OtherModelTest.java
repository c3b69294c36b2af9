package io.kohaku.lokr.stored;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.file.LokrFile;
import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters of other models say whose they seem to be. */
class OtherModelTest {
  @TempDir private Path folder;

  private Path lora(String layer, int width) throws IOException {
    return new TestFile()
        .put(layer + ".lora_up.weight", Dtype.F32, new long[] {4, 1}, new float[4])
        .put(layer + ".lora_down.weight", Dtype.F32, new long[] {1, width}, new float[width])
        .write(folder.resolve("x.safetensors"));
  }

  @ParameterizedTest
  @CsvSource({
    "lora_unet_double_blocks_0_img_attn_qkv, 'Flux, HunyuanVideo or Chroma'",
    "transformer.single_transformer_blocks.3.attn.to_q, Flux or HunyuanVideo",
    "lora_unet_joint_blocks_1_x_block_attn_qkv, Stable Diffusion 3",
    "transformer.transformer_blocks.0.attn.add_k_proj, 'Stable Diffusion 3, Flux, Qwen-Image or another transformer'",
    "transformer_blocks.0.img_mlp.net.2, Qwen-Image",
    "lora_unet_joint_transformer_blocks_0_attn_to_q, AuraFlow",
    "diffusion_model.layers.0.attention.qkv, Lumina or Z-Image",
    "lora_unet_layers_12_feed_forward_w1, Lumina or Z-Image",
    "diffusion_model.context_refiner.0.attention.to_q, Lumina or Z-Image",
    "diffusion_model.blocks.0.cross_attn.k, Wan",
    "lora_unet_blocks_7_ffn_0, Wan",
    "transformer.blocks.3.attn1.to_q, Wan",
    "double_stream_blocks.0.block.attn1.to_q, HiDream",
    "down_blocks.0.motion_modules.0.transformer_blocks.0.attn1.to_q, AnimateDiff",
    "lora_te3_encoder_block_0_layer_0_SelfAttention_k, a model that reads by T5",
    "lora_unet_blocks_0_adaln_modulation_mlp_1, Cosmos or Anima",
    "lora_unet_blocks_0_attn1_Wqkv, HunyuanDiT",
    "lora_unet_blocks_0_cross_attn_kv_linear, PixArt or another transformer",
    "transformer.transformer_blocks.0.attn1.to_q, PixArt or another transformer",
    "lora_prior_unet_down_blocks_0_1_attention_attn_to_q, Stable Cascade",
    "lora_te1_encoder_layers_0_self_attention_query_key_value, Kolors",
    "lora_te_text_model_encoder_layers_0_mlp_fc1, Stable Diffusion 1 or 2",
    "lora_unet_down_blocks_0_attentions_0_proj_in, Stable Diffusion 1 or 2",
    "base_model.model.model.layers.0.self_attn.q_proj, a language model"
  })
  void namesTellTheModel(String layer, String model) throws IOException {
    Path file = lora(layer, 8);
    assertThatThrownBy(() -> LokrFile.open(file))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot use %s as an adapter: it seems to be an adapter of %s, not of SDXL: layer %s",
            file, model, layer);
  }

  @ParameterizedTest
  @CsvSource({"768, Stable Diffusion 1", "1024, Stable Diffusion 2", "1280, SDXL's refiner"})
  void theWidthOfTheTextTellsTheModel(int width, String model) throws IOException {
    Path file = lora("lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k", width);
    assertThatThrownBy(() -> LokrFile.open(file))
        .hasMessage(
            "Cannot use %s as an adapter: it seems to be an adapter of %s, not of SDXL: %s reads texts of %s numbers",
            file, model, "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k", width);
  }
}
