package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.files.BucketFileSystem;
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
    assertThat(run("sample", "sample.width=100")).isEqualTo(2);
    assertThat(errors.toString())
        .contains("Invalid merge.checkpoints: [] (name at least one checkpoint)")
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
}
