package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(arguments);
  }

  @Test
  void everyJobHasHelp() {
    for (String job : Main.commandLine().getSubcommands().keySet()) {
      assertThat(run(job, "--help")).as(job).isZero();
      assertThat(out.toString()).contains("Usage: kohaku " + job);
    }
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Exit codes:", "demo", "select", "encode");
  }

  @Test
  void aMistypedKeyEndsWithTwoAndAHint() {
    assertThat(run("demo", "--set", "train.stepz=3")).isEqualTo(2);
    assertThat(err.toString()).contains("Unknown setting: train.stepz (did you mean train.steps?)");
  }

  @Test
  void aMissingFolderOfShardsEndsWithTwoBeforeSparkStarts() {
    String missing = folder.resolve("nowhere").toString();
    assertThat(run("index", "--set", "images.shards=[\"" + missing + "\"]")).isEqualTo(2);
    assertThat(err.toString())
        .contains("Invalid images.shards: " + missing + " (no such file or folder)");
    assertThat(run("index")).isEqualTo(2);
    assertThat(err.toString()).contains("Missing setting: images.shards");
  }

  @Test
  void aJobWhoseInputsAreNotThereNamesTheJobThatMakesThem() {
    assertThat(run("caption", "--set", "run.work=" + folder)).isEqualTo(2);
    assertThat(err.toString()).contains("(run the job select first)");
  }

  @Test
  void aRunnerWhoseModelIsNotExportedEndsWithTwoBeforeAnythingRuns() {
    String checkpoint = "model.checkpoint=" + folder;
    assertThat(
            run(
                "encode",
                "--set",
                "run.work=" + folder,
                "--set",
                checkpoint,
                "--set",
                "latents.runner=predictor"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("(run the job export-vae first)");
  }

  @Test
  void anUnknownJobOrOptionEndsWithTwo() {
    assertThat(run("celect")).isEqualTo(2);
    assertThat(err.toString()).contains("celect");
    assertThat(run("select", "--colour")).isEqualTo(2);
  }
}
