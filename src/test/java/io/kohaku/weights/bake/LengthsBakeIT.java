package io.kohaku.weights.bake;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.lokr.file.MergedAdapters.Source;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trained lengths are linear in their strength, and those of a base alone. */
class LengthsBakeIT {
  /** A few roundings of float32 for numbers of about 1. */
  private static final double ROUNDING = 2e-6;

  private static final String INPUTS =
      "model.diffusion_model.middle_block.1.transformer_blocks.0.attn1.to_q.weight";
  private static final String FUSED =
      "conditioner.embedders.1.model.transformer.resblocks.0.attn.in_proj_weight";

  @TempDir private Path folder;
  private Path base;
  private Path adapter;

  @BeforeEach
  void writeFiles() throws IOException {
    base = TestFile.tiny("", Dtype.F32).write(folder.resolve("base.safetensors"));
    TestFile file = new TestFile();
    int inputs = (int) Math.sqrt(weight(base, INPUTS).length);
    put(file, "lora_unet_middle_block_1_transformer_blocks_0_attn1_to_q", inputs, 1, inputs);
    int outputs = (int) Math.sqrt(weight(base, FUSED).length / 3.0);
    put(file, "lora_te2_text_model_encoder_layers_0_self_attn_k_proj", outputs, outputs, 1);
    adapter = file.write(folder.resolve("adapter.safetensors"));
  }

  private static void put(TestFile file, String layer, int width, long... lengths) {
    StoredFamily.put(file, layer + ".lokr_w1", Dtype.F32, 2, 2);
    StoredFamily.put(file, layer + ".lokr_w2", Dtype.F32, width / 2, width / 2);
    StoredFamily.put(file, layer + ".dora_scale", Dtype.F32, lengths);
  }

  private static float[] weight(Path file, String key) {
    try (SafeTensors stored = SafeTensors.open(file)) {
      return TestFile.values(stored, key);
    }
  }

  private Path bake(double... strengths) throws IOException {
    Path result = folder.resolve("baked.safetensors");
    List<Source> sources =
        Arrays.stream(strengths).mapToObj(strength -> new Source(adapter, strength)).toList();
    try (FileChannel out = TestFile.channel(result)) {
      Bake.write(new BakePlan(base, sources, Optional.empty()), out);
    }
    return result;
  }

  @Test
  void theyAreLinear() throws IOException {
    for (String key : List.of(INPUTS, FUSED)) {
      float[] before = weight(base, key);
      float[] whole = weight(bake(1), key);
      assertThat(difference(whole, before)).isGreaterThan(1e-2);
      assertThat(weight(bake(0), key)).isEqualTo(before);
      assertThat(difference(weight(bake(0.5), key), between(before, whole, 0.5)))
          .isLessThan(ROUNDING);
      assertThat(difference(weight(bake(1, -1), key), before)).isLessThan(ROUNDING);
      assertThat(difference(weight(bake(0.25, 1, -0.5), key), between(before, whole, 0.75)))
          .isLessThan(ROUNDING);
    }
  }

  private static float[] between(float[] before, float[] whole, double strength) {
    float[] between = new float[before.length];
    for (int i = 0; i < before.length; i++) {
      between[i] = (float) (before[i] + strength * (whole[i] - before[i]));
    }
    return between;
  }

  private static double difference(float[] one, float[] other) {
    double most = 0;
    for (int i = 0; i < one.length; i++) {
      most = Math.max(most, Math.abs(one[i] - other[i]));
    }
    return most;
  }
}
