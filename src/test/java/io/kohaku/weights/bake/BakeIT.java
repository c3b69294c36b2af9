package io.kohaku.weights.bake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.demo.model.TinySdxl;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.file.MergedAdapters.Source;
import io.kohaku.sdxl.DiffusersTiny;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.weights.LayerRows;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter on every layer of the tiny SDXL, baked, against the algebra written out. */
class BakeIT {
  @TempDir private static Path folder;

  private static Path base;
  private static Path half;
  private static Path adapter;
  private static Map<String, long[]> shapes;
  private static List<AdaptableLayer> modules;

  @BeforeAll
  static void writeFiles() throws IOException {
    base = TestFile.tiny("", Dtype.F32).write(file("base"));
    half = TestFile.tiny("", Dtype.F16).write(file("half"));
    TestFile lokr = TestFile.adapter();
    shapes = lokr.shapes();
    adapter = lokr.write(file("adapter"));
    try (SdxlCheckpoint checkpoint =
        SdxlCheckpoint.open(base, Optional.empty(), ModelOptions.DEFAULT)) {
      modules = checkpoint.layout().modules().layers();
    }
  }

  private static Path file(String name) {
    return folder.resolve(name + ".safetensors");
  }

  private static float[] factor(String key) {
    return TestFile.block(key, shapes.get(key));
  }

  private static BakeReport bake(Path base, Path result, Optional<Dtype> output, Source... adapters)
      throws IOException {
    try (FileChannel out = TestFile.channel(result)) {
      return Bake.write(new BakePlan(base, List.of(adapters), output), out);
    }
  }

  /** Adds {@code multiplier (w1 ⊗ w2)} to every adapted tensor, in float. */
  private static void add(Map<String, float[]> weights, double multiplier) {
    for (AdaptableLayer layer : modules) {
      String name = AdaptedModule.nameOf(layer);
      long[] small = shapes.get(name + ".lokr_w1");
      if (small == null) {
        continue;
      }
      LayerRows rows = LayerRows.of(layer);
      float[] weight = weights.get(rows.key());
      long[] large = shapes.get(name + ".lokr_w2");
      float[] w1 = factor(name + ".lokr_w1");
      float[] w2 = factor(name + ".lokr_w2");
      int kernel = large.length == 4 ? (int) (large[2] * large[3]) : 1;
      int in = (int) (small[1] * large[1]) * kernel;
      for (int i = 0; i < w1.length; i++) {
        for (int j = 0; j < w2.length; j++) {
          int a = i / (int) small[1];
          int b = i % (int) small[1];
          int c = j / (int) (large[1] * kernel);
          int rest = j % (int) (large[1] * kernel);
          int row = (int) rows.first() + a * (int) large[0] + c;
          weight[row * in + b * (int) large[1] * kernel + rest] +=
              w1[i] * w2[j] * (float) multiplier;
        }
      }
    }
  }

  private static Map<String, float[]> weights(Path file) {
    Map<String, float[]> weights = new HashMap<>();
    try (SafeTensors stored = SafeTensors.open(file)) {
      for (TensorInfo info : stored.tensors().values()) {
        if (info.dtype() != Dtype.I64) {
          weights.put(info.name(), TestFile.values(stored, info.name()));
        }
      }
    }
    return weights;
  }

  private static void assertBits(Path result, Map<String, float[]> expected, Dtype dtype) {
    try (SafeTensors baked = SafeTensors.open(result);
        SafeTensors old = SafeTensors.open(base)) {
      assertThat(baked.tensors().keySet()).isEqualTo(old.tensors().keySet());
      expected.forEach(
          (name, values) -> {
            assertThat(baked.info(name).dtype()).isEqualTo(dtype);
            assertThat(Arrays.equals(TestFile.bytes(baked, name), TestFile.bytes(dtype, values)))
                .as(name)
                .isTrue();
          });
      assertThat(TestFile.bytes(baked, TestFile.POSITION_IDS))
          .isEqualTo(TestFile.bytes(old, TestFile.POSITION_IDS));
    }
  }

  @Test
  void anAdapterOnEveryLayerIsPlainAlgebraToTheLastBit() throws IOException {
    Path result = file("baked");
    BakeReport report = bake(base, result, Optional.empty(), new Source(adapter, 1));
    assertThat(report.layers()).isEqualTo(294);
    assertThat(report.changed() + report.kept()).isEqualTo(895);
    Map<String, float[]> expected = weights(base);
    add(expected, 1);
    assertBits(result, expected, Dtype.F32);
    try (SafeTensors baked = SafeTensors.open(result)) {
      assertThat(baked.metadata())
          .containsEntry("head_width", "16")
          .containsEntry("modelspec.merged_from", "base.safetensors, adapter.safetensors * 1.0");
    }
  }

  @Test
  void severalAdaptersAreAddedInOrderAndRoundedOnce() throws IOException {
    Path result = file("twice");
    bake(half, result, Optional.empty(), new Source(adapter, 0.7), new Source(adapter, -0.2));
    Map<String, float[]> expected = weights(half);
    add(expected, 0.7);
    add(expected, -0.2);
    assertBits(result, expected, Dtype.F16);
  }

  @Test
  void theNumberFormatCanBeChanged() throws IOException {
    Path result = file("bf16");
    bake(base, result, Optional.of(Dtype.BF16), new Source(adapter, 0.5));
    Map<String, float[]> expected = weights(base);
    add(expected, 0.5);
    assertBits(result, expected, Dtype.BF16);
  }

  @Test
  void bakingMinusOneTakesItOutAgainWithinRounding() throws IOException {
    Path there = file("there");
    Path back = file("back");
    bake(base, there, Optional.empty(), new Source(adapter, 1));
    bake(there, back, Optional.empty(), new Source(adapter, -1));
    Map<String, float[]> expected = weights(base);
    Map<String, float[]> middle = weights(there);
    int moved = 0;
    for (Map.Entry<String, float[]> entry : weights(back).entrySet()) {
      float[] before = expected.get(entry.getKey());
      float[] between = middle.get(entry.getKey());
      for (int i = 0; i < before.length; i++) {
        float rounding = Math.ulp(Math.max(Math.abs(before[i]), Math.abs(between[i])));
        if (Math.abs(entry.getValue()[i] - before[i]) > rounding) {
          throw new AssertionError(entry.getKey() + "[" + i + "]");
        }
        moved += between[i] != before[i] ? 1 : 0;
      }
    }
    assertThat(moved).isGreaterThan(4_000_000);
  }

  @Test
  void aPredictedVelocityIsMarked() throws IOException {
    Path trained =
        TestFile.adapter()
            .metadata("modelspec.prediction_type", "v")
            .metadata("ss_zero_terminal_snr", "True")
            .write(file("velocity"));
    Path result = file("marked");
    bake(base, result, Optional.empty(), new Source(trained, 1));
    try (SafeTensors baked = SafeTensors.open(result)) {
      assertThat(baked.tensors()).containsKeys("v_pred", "ztsnr").hasSize(897);
      assertThat(baked.metadata()).containsEntry("modelspec.prediction_type", "v");
    }
    Path again = file("again");
    bake(result, again, Optional.of(Dtype.F16), new Source(adapter, 1));
    try (SafeTensors baked = SafeTensors.open(again)) {
      assertThat(baked.tensors()).containsKeys("v_pred", "ztsnr").hasSize(897);
    }
  }

  @Test
  void aFolderInDiffusersLayoutIsBakedIntoASingleFile() throws IOException {
    Path pipeline = folder.resolve("pipeline");
    DiffusersTiny.write(pipeline);
    Path result = file("of-folder");
    Path single = file("of-file");
    Path tiny = folder.resolve("tiny.safetensors");
    TinySdxl.load().write(tiny);
    bake(tiny, single, Optional.empty(), new Source(adapter, 1));
    try (FileChannel out = TestFile.channel(result)) {
      Bake.write(new BakePlan(pipeline, List.of(new Source(adapter, 1)), Optional.empty()), out);
    }
    Map<String, float[]> expected = weights(single);
    Map<String, float[]> found = weights(result);
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, values) -> assertThat(found.get(name)).as(name).isEqualTo(values));
  }

  @Test
  void layersThatTheBaseHasNotAreNamed() throws IOException {
    Path stranger =
        new TestFile()
            .put("lora_unet_nowhere.lokr_w1", Dtype.F32, new long[] {1, 1}, 1)
            .put("lora_unet_nowhere.lokr_w2", Dtype.F32, new long[] {1, 1}, 1)
            .write(file("stranger"));
    assertThatThrownBy(() -> bake(base, file("x"), Optional.empty(), new Source(stranger, 1)))
        .hasMessage(
            "Unknown layers: lora_unet_nowhere in %s (the networks do not have them)"
                .formatted(stranger));
    Path misshapen =
        new TestFile()
            .put("lora_unet_out_2.lokr_w1", Dtype.F32, new long[] {3, 3}, new float[9])
            .put("lora_unet_out_2.lokr_w2", Dtype.F32, new long[] {1, 1, 3, 3}, new float[9])
            .write(file("misshapen"));
    assertThatThrownBy(() -> bake(base, file("x"), Optional.empty(), new Source(misshapen, 1)))
        .hasMessageContaining("lora_unet_out_2");
  }
}
