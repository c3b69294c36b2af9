package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.files.BucketFileSystem;
import io.kohaku.tensor.Dtype;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands for weights and pictures, one after another, on the demo's files in a bucket. */
class WeightJobsIT {
  @TempDir private static Path folder;

  private static String bucket;
  private static Path base;
  private static Path adapter;

  private final StringWriter errors = new StringWriter();
  private final StringWriter report = new StringWriter();

  /** The place of a file as the jobs after the demo are told: not a path of this machine. */
  private static String remote(Path file) {
    return "\"" + bucket + "/" + folder.relativize(file) + "\"";
  }

  @BeforeAll
  static void writeFiles() throws IOException {
    int code =
        Main.commandLine()
            .execute(
                "demo-data",
                "--conf",
                "conf/demo.conf",
                "--set",
                "run.work=" + folder,
                "--set",
                "demo.posts=50");
    assertThat(code).isZero();
    bucket = BucketFileSystem.over(folder);
    base = folder.resolve("demo-data/files/base.safetensors");
    adapter = TestFile.adapter().write(folder.resolve("adapter.safetensors"));
  }

  private int run(String job, String... overrides) {
    List<String> arguments = new ArrayList<>(List.of(job));
    arguments.addAll(List.of("--conf", "conf/demo.conf"));
    arguments.addAll(List.of("--set", "run.work=\"" + bucket + "\""));
    for (String override : overrides) {
      arguments.addAll(List.of("--set", override));
    }
    return execute(arguments);
  }

  private int execute(List<String> arguments) {
    CommandLine command = Main.commandLine();
    command.setErr(new PrintWriter(errors, true));
    command.setOut(new PrintWriter(report, true));
    return command.execute(arguments.toArray(String[]::new));
  }

  /** The one published file of this name. */
  private Path published(String stage, String name) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(stage))) {
      return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
  }

  @Test
  void mergeBakeSampleAndInspectWorkOnTheDemosFiles() throws IOException {
    String part = "{ file = %s, ratio = 0.5, restored = true }".formatted(remote(base));
    assertThat(
            run(
                "merge",
                "merge.checkpoints=[%s, %s]".formatted(part, part),
                "merge.original=" + remote(base)))
        .isZero();
    Path merged = published("merge", "merged.safetensors");
    String adapters = "[{ file = %s, multiplier = 1 }]".formatted(remote(adapter));
    String[] baking = {"bake.base=" + remote(merged), "bake.adapters=" + adapters};
    assertThat(run("bake", baking)).isZero();
    assertThat(run("verify", baking)).isZero();
    assertThat(published("verify", "report.txt")).content().contains("U-Net          258");
    Path baked = published("bake", "baked.safetensors");
    assertThat(
            run(
                "sample",
                "sample.checkpoint=" + remote(merged),
                "sample.adapters=" + adapters,
                "sample.pictures=2",
                "sample.steps=2",
                "sample.width=64",
                "sample.height=96"))
        .isZero();
    assertThat(published("sample", "sheet.png")).isNotEmptyFile();
    assertThat(published("sample", "00001-2.png")).isNotEmptyFile();
    for (Path file : List.of(base, merged, adapter, baked)) {
      assertThat(execute(List.of("inspect", file.toString()))).isZero();
    }
    assertThat(errors.toString()).isEmpty();
    assertThat(report.toString())
        .contains("text      modelspec.merged_from = merged.safetensors, adapter.safetensors * 1.0")
        .contains("layer     lora_unet_middle_block_1_proj_in  w1 (4, 4)  w2 (32, 32)");
  }

  @Test
  void whatIsMissingIsToldBeforeAnythingRuns() {
    assertThat(run("merge")).isEqualTo(2);
    assertThat(run("bake", "model.checkpoint=/nowhere.safetensors")).isEqualTo(2);
    assertThat(execute(List.of("inspect", "/nowhere.safetensors"))).isEqualTo(2);
    assertThat(execute(List.of("inspect", folder.toString()))).isEqualTo(2);
    assertThat(execute(List.of("inspect", "s3a://bucket/x.safetensors"))).isEqualTo(2);
    assertThat(run("sample", "sample.width=100")).isEqualTo(2);
    assertThat(errors.toString())
        .contains("Invalid merge.checkpoints: [] (name at least one checkpoint)")
        .contains("no file system for the scheme s3a is known")
        .contains("Invalid model.checkpoint: /nowhere.safetensors (no such file or folder)")
        .contains("Invalid sample.width: 100 (must be a multiple of 32)");
  }

  @Test
  void filesThatDoNotFitAreAWrongSetting() throws IOException {
    String parts =
        "[{ file = \"%s\", ratio = 0.5, restored = false }, { file = \"%s\", ratio = 0.5, restored = false }]"
            .formatted(base, adapter);
    Path other = folder.resolve("other");
    assertThat(run("merge", "run.work=" + other, "merge.checkpoints=" + parts)).isEqualTo(2);
    assertThat(errors.toString()).contains(adapter + ": not a checkpoint of SDXL");
    assertThat(other.resolve("merge/manifest.json")).doesNotExist();
  }

  private String complaint(String job, String... overrides) {
    List<String> arguments = new ArrayList<>(List.of(job, "--check", "--conf", "conf/demo.conf"));
    arguments.addAll(List.of("--set", "run.work=" + folder));
    for (String override : overrides) {
      arguments.addAll(List.of("--set", override));
    }
    errors.getBuffer().setLength(0);
    assertThat(execute(arguments))
        .as(errors.toString())
        .isEqualTo(errors.toString().isEmpty() ? 0 : 2);
    return errors.toString();
  }

  /** Headers are enough for it; nothing is started. */
  @Test
  void aCheckFindsInFilesWhatTheRunWould() throws IOException {
    String first = "{ file = \"%s\", ratio = 0.5, restored = %s }";
    String good = first.formatted(base, true);
    String one = "merge.checkpoints=[" + good + "]";
    assertThat(complaint("merge", one, "merge.original=" + base)).isEmpty();
    assertThat(complaint("merge", one, "merge.original=" + adapter))
        .contains(adapter + ": not a checkpoint of SDXL");
    assertThat(complaint("merge", one)).contains("Invalid merge.original: null");
    TestFile small = TestFile.tiny("b", Dtype.F32);
    String key = "model.diffusion_model.out.2.bias";
    Path other =
        small.put(key, Dtype.F32, new long[] {1}, 1).write(folder.resolve("other.safetensors"));
    assertThat(
            complaint(
                "merge",
                "merge.checkpoints=[%s, %s]"
                    .formatted(first.formatted(base, false), first.formatted(other, false))))
        .contains("Cannot merge: the checkpoints differ: ", key + " is [1] in " + other);
    assertThat(complaint("train", "train.branch-from=" + adapter))
        .contains("Invalid train.branch-from: Cannot branch from " + adapter)
        .contains(" is a file (name the folder of a run");
    TestFile without = TestFile.tiny("b", Dtype.F32);
    without.shapes().keySet().stream()
        .filter(name -> name.startsWith("first_stage_model."))
        .forEach(without::remove);
    Path blind = without.write(folder.resolve("blind.safetensors"));
    String tokenizer = "model.tokenizer=" + folder.resolve("demo-data/files/tokenizer");
    assertThat(
            complaint(
                "sample", "run.work=" + folder + "/new", tokenizer, "model.checkpoint=" + blind))
        .contains("Cannot load " + blind + ": it has no autoencoder");
  }
}
