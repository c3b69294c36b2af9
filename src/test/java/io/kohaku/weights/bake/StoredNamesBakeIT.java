package io.kohaku.weights.bake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.lokr.file.MergedAdapters.Source;
import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Other programs' names of layers, baked into the tiny SDXL, against sums written out. */
class StoredNamesBakeIT {
  private static final String UNET = "model.diffusion_model.";
  private static final String SECOND = "conditioner.embedders.1.model.transformer.resblocks.0.";

  @TempDir private Path folder;
  private ExpectedBake bake;

  @BeforeEach
  void writeBase() throws IOException {
    bake = new ExpectedBake(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lora_unet_middle_block_1_transformer_blocks_0_attn2_to_out_0|.lora_up.weight|.lora_down.weight|F32",
        "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_out_0|.lora_up.weight|.lora_down.weight|F16",
        "lycoris_mid_block_attentions_0_transformer_blocks_0_attn2_to_out_0|.lora_up.weight|.lora_down.weight|BF16",
        "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0|.lora_B.weight|.lora_A.weight|BF16",
        "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0|.lora.up.weight|.lora.down.weight|F32",
        "unet.mid_block.attentions.0.transformer_blocks.0.attn2.processor.to_out|_lora.up.weight|_lora.down.weight|F32",
        "base_model.model.mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0|.lora_B.default.weight|.lora_A.default.weight|F32",
        "diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_out.0|.lora_up.weight|.lora_down.weight|F16"
      })
  void everyNameOfALayerFindsIt(String layer, String up, String down, Dtype dtype)
      throws IOException {
    String key = UNET + "middle_block.1.transformer_blocks.0.attn2.to_out.0.weight";
    long[] shape = bake.shape(key);
    String[] ends = {up, down};
    // Without an alpha it is the rank, so that the factor is 1.
    bake.expect(key, 0, 0.5, StoredFamily.lora(bake.file, layer, ends, dtype, shape[0], shape[1]));
    assertThat(bake.bake(0.5)).isEqualTo(new BakeReport(1, 0, 1, 894));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lora_te2_text_model_encoder_layers_0_self_attn_v_proj|.lora_up.weight|.lora_down.weight",
        "text_encoder_2.text_model.encoder.layers.0.self_attn.v_proj|.lora_linear_layer.up.weight|.lora_linear_layer.down.weight",
        "text_encoder_2.text_model.encoder.layers.0.self_attn.v_proj|.lora_B.weight|.lora_A.weight"
      })
  void aThirdOfAFusedProjectionIsChangedAlone(String layer, String up, String down)
      throws IOException {
    String key = SECOND + "attn.in_proj_weight";
    long width = bake.shape(key)[1];
    double[] change =
        StoredFamily.lora(bake.file, layer, new String[] {up, down}, Dtype.F32, width, width);
    bake.file.put(layer + ".alpha", Dtype.F32, new long[0], 6);
    bake.expect(key, (int) (2 * width * width), 6.0 / StoredFamily.RANK, change);
    bake.bake(1);
  }

  @ParameterizedTest
  @CsvSource({"lora_te2_text_projection", "text_encoder_2.text_projection"})
  void thePooledProjectionIsChangedAsItLiesInCheckpoints(String layer) throws IOException {
    String key = "conditioner.embedders.1.model.text_projection";
    int inputs = (int) bake.shape(key)[0];
    int outputs = (int) bake.shape(key)[1];
    String[] ends = {".lora_up.weight", ".lora_down.weight"};
    double[] change = StoredFamily.lora(bake.file, layer, ends, Dtype.F32, outputs, inputs);
    double[] transposed = new double[change.length];
    for (int i = 0; i < change.length; i++) {
      transposed[i % inputs * outputs + i / inputs] = change[i];
    }
    bake.expect(key, 0, 0.5, transposed);
    assertThat(bake.bake(0.5)).isEqualTo(new BakeReport(1, 0, 1, 894));
  }

  @ParameterizedTest
  @CsvSource({
    "lora_te1_text_model_final_layer_norm.diff,conditioner.embedders.0.transformer.text_model.final_layer_norm.weight",
    "text_encoder_2.text_model.final_layer_norm.diff_b,conditioner.embedders.1.model.ln_final.bias"
  })
  void lastNormsOfTextEncodersAreChanged(String tensor, String key) throws IOException {
    double[] change = new double[(int) bake.shape(key)[0]];
    float[] stored = new float[change.length];
    for (int i = 0; i < change.length; i++) {
      change[i] = i / 64.0;
      stored[i] = i / 64f;
    }
    bake.file.put(tensor, Dtype.F32, new long[] {stored.length}, stored);
    bake.expect(key, 0, 2, change);
    assertThat(bake.bake(2).norms()).isEqualTo(1);
  }

  @Test
  void whatDoesNotFitIsNamed() throws IOException {
    bake.file.put("lora_unet_out_0.w_norm", Dtype.F32, new long[] {3}, 1, 2, 3);
    assertThatThrownBy(() -> bake.bake(1))
        .hasMessageContaining("Invalid tensor lora_unet_out_0.w_norm F32[3] (must have ");
    String query = "lora_unet_middle_block_1_transformer_blocks_0_attn1_to_q";
    Path other =
        new TestFile()
            .put(query + ".diff_b", Dtype.F32, new long[] {1}, 1)
            .write(folder.resolve("other.safetensors"));
    BakePlan plan =
        new BakePlan(
            folder.resolve("base.safetensors"), List.of(new Source(other, 1)), Optional.empty());
    try (FileChannel out = TestFile.channel(folder.resolve("x"))) {
      assertThatThrownBy(() -> Bake.write(plan, out))
          .hasMessageContaining(query + ".diff_b F32[1] (" + query + " has no such vector)");
    }
  }
}
