package io.kohaku.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.cli.ExitCode;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageRunnerTest {
  @TempDir java.nio.file.Path folder;
  private CopySite site;

  @BeforeEach
  void makeSite() {
    site = new CopySite(folder);
  }

  @Test
  void runsOnceAndIsUpToDateThen() throws IOException {
    site.write("abc");
    Manifest first = site.run();
    Manifest second = site.run();
    assertThat(site.runs).isEqualTo(1);
    assertThat(second).isEqualTo(first);
    assertThat(site.printed())
        .contains("copy       Copy a file.", "| run.seed = 1", "counts   read 3", "rejects  bad 2")
        .contains("copy       up to date: ");
    assertThat(first.settings().get("run.seed").asInt()).isEqualTo(1);
  }

  @Test
  void runsAgainForOtherSettingsOtherInputsLostDataOrByForce() throws IOException {
    site.write("abc");
    site.run();
    site.run("run.seed=2");
    assertThat(site.runs).isEqualTo(2);
    site.write("abcd");
    Manifest third = site.run("run.seed=2");
    assertThat(site.runs).isEqualTo(3);
    Path copy = new Path(site.workspace().stage("copy").path(), third.output("copy").path());
    Files.delete(java.nio.file.Path.of(copy.toUri().getPath()));
    site.run("run.seed=2");
    assertThat(site.runs).isEqualTo(4);
    assertThat(site.printed()).contains("Cannot use " + copy);
    site.run(Consent.forced(), "run.seed=2");
    assertThat(site.runs).isEqualTo(5);
  }

  @Test
  void aFailureKeepsWhatWasPublishedAndLeavesNothingElse() throws IOException {
    site.write("abc");
    Manifest published = site.run();
    site.failure = new IOException("disk full");
    assertThatThrownBy(() -> site.run(Consent.forced())).hasMessage("disk full");
    site.failure = new SparkException("Task 0 failed: No space left on device\n\tat …");
    assertThatThrownBy(() -> site.run(Consent.forced()))
        .isInstanceOf(IOException.class)
        .hasCause(site.failure)
        .hasMessageMatching(
            "Cannot write: Task 0 failed: No space left on device \\(\\d+ KiB free at .*/copy, .*\\)");
    assertThat(site.workspace().published("copy")).isEqualTo(published);
    try (var left = Files.list(folder.resolve("work/copy"))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .filteredOn(name -> name.startsWith("data-"))
          .hasSize(1);
    }
  }

  @Test
  void namesTheKeyOfAMissingSourceAndTheJobOfAMissingStage() {
    assertThatThrownBy(() -> site.run())
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("Invalid copy.source: file:")
        .hasMessageEndingWith("(no such file or folder)");
    assertThat(site.runs).isZero();
    assertThatThrownBy(() -> site.workspace().requireSource("model.checkpoint", "nowhere://a/b"))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "Invalid model.checkpoint: nowhere://a/b (no file system for the scheme nowhere is"
                + " known (give its jar by --packages or --jars and, if it needs one,"
                + " spark.hadoop.fs.nowhere.impl))");
    assertThatThrownBy(() -> site.workspace().published("select"))
        .isInstanceOf(SettingsException.class)
        .hasMessageEndingWith("select/manifest.json (run the job select first)");
  }

  @Test
  void exitCodesFollowTheFirstTellingCause() {
    List<ExitCode> codes = new ArrayList<>();
    for (Throwable failure :
        List.of(
            new SettingsException("x"),
            new RuntimeException(new DataGateException("x")),
            new IllegalStateException(new IOException("x")),
            new IllegalStateException("x"))) {
      codes.add(ExitCode.of(failure));
    }
    assertThat(codes)
        .containsExactly(ExitCode.USAGE, ExitCode.DATA_GATE, ExitCode.RETRYABLE, ExitCode.BUG);
  }

  @Test
  void gatesAllowTheShareTheyName() {
    DataGateException.check("posts.max-reject-fraction", 0.5, 5, 10);
    DataGateException.check("posts.max-reject-fraction", 0, 0, 0);
    assertThatThrownBy(() -> DataGateException.check("posts.max-reject-fraction", 0.1, 5, 10))
        .hasMessage(
            "Cannot go on: 5 of 10 rejected, a share of 0.5000 above posts.max-reject-fraction ="
                + " 0.1 (nothing was published)");
  }
}
