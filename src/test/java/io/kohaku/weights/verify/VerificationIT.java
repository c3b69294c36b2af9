package io.kohaku.weights.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kohaku.Golden;
import io.kohaku.lokr.file.MergedAdapters;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.SettingsSource;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.weights.SliceBuffer;
import io.kohaku.weights.TensorStatistics;
import io.kohaku.weights.TestFile;
import io.kohaku.weights.WeightKernels;
import io.kohaku.weights.bake.Bake;
import io.kohaku.weights.bake.BakePlan;
import io.kohaku.weights.export.AdapterExport;
import io.kohaku.weights.export.TrainedAdapter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VerificationIT {
  @TempDir private static Path folder;

  private static Path base;
  private static Path adapter;

  @BeforeAll
  static void writeFiles() throws IOException {
    base = TestFile.tiny("", Dtype.F32).write(file("base"));
    adapter = TestFile.adapter().write(file("adapter"));
  }

  private static Path file(String name) {
    return folder.resolve(name + ".safetensors");
  }

  private static BakePlan plan(double multiplier, Dtype dtype) {
    return new BakePlan(
        base, List.of(new MergedAdapters.Source(adapter, multiplier)), Optional.of(dtype));
  }

  private static Path bake(double multiplier, Dtype dtype) throws IOException {
    Path baked = file("baked" + multiplier + dtype);
    try (FileChannel out = TestFile.channel(baked)) {
      Bake.write(plan(multiplier, dtype), out);
    }
    return baked;
  }

  /** The adapter in the state in which training saved it. */
  private static TrainedAdapter trained() {
    return new TrainedAdapter(
        adapter,
        SettingsSource.read(
                List.of(),
                List.of("lokr.preset=" + Golden.path("parity-preset.toml"), "lokr.factor=4"))
            .settings()
            .lokr(),
        PresetFile.load(Golden.path("parity-preset.toml").toString()));
  }

  /** What export writes of an adapter. */
  private static Path export(Path saved, Dtype dtype) throws IOException {
    Path exported = file("exported" + dtype);
    AdapterExport.write(saved, exported, dtype, Map.of());
    return exported;
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void anExportIsWhatTheTrainerHas(Dtype dtype) throws IOException {
    VerifyReport report =
        Verification.ofAdapter(base, export(adapter, dtype), trained(), ModelOptions.DEFAULT);
    assertThat(report.problems()).isEmpty();
    assertThat(report.layers()).isEqualTo(new VerifyReport.Layers(258, 18, 18));
    assertThat(report.tensors()).isEqualTo(2 * 294);
    assertThat(report.effect()).isGreaterThan(0.01);
    assertThat(report.difference()).isLessThan(0.5 * report.allowed());
    assertThat(report.lines())
        .contains("layers that load into the U-Net          258")
        .noneMatch(line -> line.startsWith("WRONG"));
  }

  @Test
  void anExportThatIsWeakerOrLacksALayerIsFound() throws IOException {
    Path weak = export(TestFile.adapter(0.097f).write(file("weak")), Dtype.F16);
    assertThat(Verification.ofAdapter(base, weak, trained(), ModelOptions.DEFAULT).problems())
        .hasSize(1)
        .allMatch(problem -> problem.contains("predicts otherwise than the trainer's adapter"));
    String layer = "lora_te1_text_model_encoder_layers_0_mlp_fc1";
    Path lacking =
        TestFile.adapter()
            .remove(layer + ".alpha")
            .remove(layer + ".lokr_w1")
            .remove(layer + ".lokr_w2")
            .write(file("few"));
    VerifyReport report = Verification.ofAdapter(base, lacking, trained(), ModelOptions.DEFAULT);
    assertThat(report.problems())
        .contains(
            "2 tensors that these settings train are not in %s, first %s.lokr_w1 (8, 4)"
                .formatted(lacking, layer));
    assertThat(report.layers().first()).isEqualTo(17);
    Path other = TestFile.tiny("", Dtype.F32).remove(TestFile.LOGIT_SCALE).write(file("other"));
    assertThatThrownBy(() -> Verification.ofAdapter(other, base, trained(), ModelOptions.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16"})
  void bakedPredictsWhatTheBaseWithTheAdapterPredicts(Dtype dtype) throws IOException {
    VerifyReport report = Verification.ofBake(plan(1, dtype), bake(1, dtype), ModelOptions.DEFAULT);
    assertThat(report.problems()).isEmpty();
    assertThat(report.layers()).isEqualTo(new VerifyReport.Layers(258, 18, 18));
    assertThat(report.tensors()).isEqualTo(2 * 294 + 894);
    assertThat(report.effect()).isGreaterThan(0.01);
    assertThat(report.difference()).isLessThan(0.5 * report.allowed());
  }

  @Test
  void anotherStrengthAndMissingTensorsAreFound() throws IOException {
    VerifyReport report =
        Verification.ofBake(plan(1, Dtype.F32), bake(0.5, Dtype.F32), ModelOptions.DEFAULT);
    assertThat(report.problems()).hasSize(1);
    assertThat(report.problems().get(0)).contains("predicts otherwise than");
    Path lacking = TestFile.tiny("", Dtype.F32).remove(TestFile.LOGIT_SCALE).write(file("lacking"));
    assertThat(Verification.ofBake(plan(1, Dtype.F32), lacking, ModelOptions.DEFAULT).problems())
        .contains(TestFile.LOGIT_SCALE + " is missing in " + lacking);
  }

  @Test
  void numbersThatAreNotFiniteAreFound() throws IOException {
    String name = "model.diffusion_model.out.2.bias";
    Path broken =
        TestFile.tiny("", Dtype.F32)
            .put(name, Dtype.F32, new long[] {4}, 1, Float.NaN, Float.NEGATIVE_INFINITY, 2)
            .write(file("broken"));
    assertThat(Verification.ofBake(plan(1, Dtype.F32), broken, ModelOptions.DEFAULT).problems())
        .contains(name + " of " + broken + " has 2 numbers that are not finite");
  }

  @Test
  void statisticsAreThoseOfPlainJava() throws IOException {
    try (SafeTensors stored = SafeTensors.open(base);
        SafeTensors file = SafeTensors.open(base);
        WeightKernels kernels = new WeightKernels()) {
      String name = "conditioner.embedders.1.model.token_embedding.weight";
      double squares = 0;
      double sum = 0;
      double greatest = Double.NEGATIVE_INFINITY;
      float[] values = TestFile.values(stored, name);
      for (float value : values) {
        squares += (double) value * value;
        sum += value;
        greatest = Math.max(greatest, value);
      }
      TensorInfo info = file.info(name);
      TensorStatistics numbers =
          TensorStatistics.of(kernels, new SliceBuffer(kernels.manager()), file, info);
      assertThat(numbers.elements()).isEqualTo(values.length);
      assertThat(numbers.norm()).isEqualTo(Math.sqrt(squares), within(1e-9));
      assertThat(numbers.mean()).isEqualTo(sum / values.length, within(1e-12));
      assertThat(numbers.greatest()).isEqualTo(greatest);
      assertThat(numbers.notFinite()).isZero();
    }
  }

  @Test
  void inspectionTellsTensorsTextsAndBlocks() throws IOException {
    assertThat(Inspection.of(base))
        .contains("tensors   895", "elements  77 I64", "text      head_width = 16")
        .anyMatch(
            line -> line.startsWith("tensor    " + TestFile.LOGIT_SCALE + " F32 []  norm 4.6"))
        .anyMatch(line -> line.startsWith("tensor    " + TestFile.POSITION_IDS + " I64 [1, 77]"));
    String layer = "lora_unet_middle_block_1_proj_in";
    List<String> lines = Inspection.of(adapter);
    try (SafeTensors stored = SafeTensors.open(adapter)) {
      double norm =
          norm(TestFile.values(stored, layer + ".lokr_w1"))
              * norm(TestFile.values(stored, layer + ".lokr_w2"));
      assertThat(lines)
          .contains(
              String.format(
                  Locale.ROOT,
                  "layer     %s  w1 (4, 4)  w2 (32, 32)  alpha Infinity  norm %.6g",
                  layer,
                  norm));
    }
    assertThat(lines.stream().filter(line -> line.startsWith("layer "))).hasSize(294);
    Path moments =
        new TestFile()
            .put(layer + ".lokr_w1.state1", Dtype.F32, new long[] {1, 2}, 3, 4)
            .write(file("optimizer"));
    assertThat(Inspection.of(moments))
        .anyMatch(line -> line.startsWith("tensor    " + layer + ".lokr_w1.state1"))
        .noneMatch(line -> line.startsWith("layer "));
  }

  @Test
  void anUpdateIsToldAsItActs() throws IOException {
    String layer = "lora_unet_middle_block_1_proj_in";
    Path decomposed =
        new TestFile()
            .put(layer + ".alpha", Dtype.F32, new long[0], 3)
            .put(layer + ".scalar", Dtype.F32, new long[0], -0.5f)
            .put(layer + ".lokr_w1", Dtype.F16, new long[] {1, 2}, 3, 4)
            .put(layer + ".lokr_w2_a", Dtype.F32, new long[] {2, 2}, 1, 0, 0, 1)
            .put(layer + ".lokr_w2_b", Dtype.F32, new long[] {2, 1}, 6, 8)
            .write(file("decomposed"));
    // 3 / 2 · 0.5 · |(3, 4)| · |(6, 8)|
    assertThat(Inspection.of(decomposed))
        .contains(
            "layer     " + layer + "  w1 (1, 2)  w2 (2, 2) (2, 1)  alpha 3.00000  norm 37.5000");
    Path broken =
        new TestFile().put(layer + ".lokr_w1", Dtype.F32, new long[] {2}, 3, 4).write(file("flat"));
    assertThat(Inspection.of(broken))
        .anyMatch(line -> line.startsWith("tensor    " + layer + ".lokr_w1 F32 [2]"))
        .anyMatch(line -> line.startsWith("WRONG     Cannot use " + broken + " as an adapter: "));
  }

  private static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }
}
