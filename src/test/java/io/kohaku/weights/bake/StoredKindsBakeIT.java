package io.kohaku.weights.bake;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.tensor.Dtype;
import io.kohaku.weights.verify.Inspection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of layer in one file, baked into the tiny SDXL, against sums written out. */
class StoredKindsBakeIT {
  private static final String UNET = "model.diffusion_model.";
  private static final String SECOND = "conditioner.embedders.1.model.transformer.resblocks.0.";
  private static final String[] KOHYA = {".lora_up.weight", ".lora_down.weight"};

  @TempDir private Path folder;
  private ExpectedBake bake;

  @BeforeEach
  void writeBase() throws IOException {
    bake = new ExpectedBake(folder);
  }

  @Test
  void severalKindsInOneFileWithNormsAndBiasesAreAddedEachByItsRule() throws IOException {
    loCon();
    loHa();
    full();
    norms();
    assertThat(bake.bake(-0.7)).isEqualTo(new BakeReport(6, 3, 13, 882));
    List<String> lines = Inspection.of(bake.adapter());
    assertThat(lines)
        .anyMatch(
            line ->
                line.matches(
                    "layer     lora_unet_input_blocks_4_0_in_layers_2  LoRA  lora_up.weight .*  lora_down.weight .*  rank 3  alpha 1.50000  norm .*"))
        .anyMatch(
            line ->
                line.matches(
                    "layer     lora_unet_input_blocks_4_0_out_layers_3  LoRA .*lora_mid.weight \\(2, 2, 3, 3\\)  rank 2  alpha 1.00000  norm .*"))
        .anyMatch(
            line ->
                line.matches(
                    "layer     .*attn1_to_q  LoHa  hada_w1_a .*  rank 2  alpha 3.00000  norm .*"))
        .anyMatch(
            line ->
                line.matches("layer     lora_unet_out_2  full  diff \\(4, \\d+, 3, 3\\)  norm .*"))
        .anyMatch(line -> line.matches("bias      lora_unet_out_2  diff_b \\(4\\)  norm .*"))
        .anyMatch(line -> line.matches("norm      lora_unet_out_0  w_norm \\(\\d+\\)  norm .*"))
        .filteredOn(line -> line.matches("(layer|norm|bias|WRONG) .*"))
        .hasSize(6 + 7);
  }

  private void loCon() {
    String layer = "lora_unet_input_blocks_4_0_in_layers_2";
    String key = UNET + "input_blocks.4.0.in_layers.2.weight";
    long[] shape = bake.shape(key);
    double[] change =
        StoredFamily.lora(bake.file, layer, KOHYA, Dtype.F32, shape[0], shape[1], 3, 3);
    bake.file.put(layer + ".alpha", Dtype.F32, new long[0], 1.5f);
    bake.expect(key, 0, -0.7 * 1.5 / StoredFamily.RANK, change);
    layer = "lora_unet_input_blocks_4_0_out_layers_3";
    key = UNET + "input_blocks.4.0.out_layers.3.weight";
    shape = bake.shape(key);
    float[] up = StoredFamily.put(bake.file, layer + KOHYA[0], Dtype.F32, shape[0], 2, 1, 1);
    float[] down = StoredFamily.put(bake.file, layer + KOHYA[1], Dtype.F32, 2, shape[1], 1, 1);
    float[] mid = StoredFamily.put(bake.file, layer + ".lora_mid.weight", Dtype.F32, 2, 2, 3, 3);
    bake.file.put(layer + ".alpha", Dtype.F32, new long[0], 1);
    float[] left = new float[up.length];
    for (int k = 0; k < shape[0]; k++) {
      left[k] = up[2 * k];
      left[(int) shape[0] + k] = up[2 * k + 1];
    }
    bake.expect(key, 0, -0.7 / 2, StoredFamily.core(mid, left, down, 2));
  }

  private void loHa() {
    String layer = "lora_unet_middle_block_1_transformer_blocks_0_attn1_to_q";
    String key = UNET + "middle_block.1.transformer_blocks.0.attn1.to_q.weight";
    long[] shape = bake.shape(key);
    double[][] halves = new double[2][];
    for (int i = 0; i < 2; i++) {
      String half = layer + ".hada_w" + (i + 1);
      float[] a = StoredFamily.put(bake.file, half + "_a", Dtype.F32, shape[0], 2);
      float[] b = StoredFamily.put(bake.file, half + "_b", Dtype.F32, 2, shape[1]);
      halves[i] = StoredFamily.product(a, b, 2);
    }
    bake.file.put(layer + ".alpha", Dtype.F32, new long[0], 3);
    bake.expect(key, 0, -0.7 * 3 / 2, product(halves));
    layer = "lora_unet_input_blocks_3_0_op";
    key = UNET + "input_blocks.3.0.op.weight";
    shape = bake.shape(key);
    for (int i = 0; i < 2; i++) {
      String half = layer + ".hada_w" + (i + 1);
      float[] a = StoredFamily.put(bake.file, half + "_a", Dtype.F32, 2, shape[0]);
      float[] b = StoredFamily.put(bake.file, half + "_b", Dtype.F32, 2, shape[1]);
      float[] t = StoredFamily.put(bake.file, layer + ".hada_t" + (i + 1), Dtype.F32, 2, 2, 3, 3);
      halves[i] = StoredFamily.core(t, a, b, 2);
    }
    bake.expect(key, 0, -0.7, product(halves));
  }

  private static double[] product(double[][] halves) {
    double[] product = halves[0].clone();
    for (int i = 0; i < product.length; i++) {
      product[i] *= halves[1][i];
    }
    return product;
  }

  private void full() {
    for (String end : List.of("weight", "bias")) {
      String key = UNET + "out.2." + end;
      String tensor = "lora_unet_out_2." + (end.equals("bias") ? "diff_b" : "diff");
      float[] change = StoredFamily.put(bake.file, tensor, Dtype.F32, bake.shape(key));
      bake.expect(key, 0, -0.7, ExpectedBake.wide(change));
    }
    String key = SECOND + "attn.in_proj_weight";
    long width = bake.shape(key)[1];
    String layer = "lora_te2_text_model_encoder_layers_0_self_attn_k_proj";
    float[] change = StoredFamily.put(bake.file, layer + ".diff", Dtype.F32, width, width);
    bake.expect(key, (int) (width * width), -0.7, ExpectedBake.wide(change));
    float[] bias = StoredFamily.put(bake.file, layer + ".diff_b", Dtype.F32, width);
    bake.expect(SECOND + "attn.in_proj_bias", (int) width, -0.7, ExpectedBake.wide(bias));
  }

  private void norms() {
    add("lora_unet_out_0.w_norm", UNET + "out.0.weight");
    add("lora_unet_out_0.b_norm", UNET + "out.0.bias");
    add("lora_te2_text_model_encoder_layers_0_layer_norm1.w_norm", SECOND + "ln_1.weight");
    String first = "text_model.encoder.layers.1.layer_norm2.";
    String prefix = "conditioner.embedders.0.transformer.";
    add(
        "lora_te1_" + first.replaceFirst("\\.$", "").replace('.', '_') + ".diff",
        prefix + first + "weight");
    add(
        "lora_te1_" + first.replaceFirst("\\.$", "").replace('.', '_') + ".diff_b",
        prefix + first + "bias");
  }

  private void add(String tensor, String key) {
    bake.expect(
        key,
        0,
        -0.7,
        ExpectedBake.wide(StoredFamily.put(bake.file, tensor, Dtype.F32, bake.shape(key))));
  }
}
