package io.kohaku.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.cli.ExitCode;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.binding.SettingsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageRunnerTest {
  @TempDir java.nio.file.Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  /** Copies the file {@code source.txt} and counts its runs. */
  private final class Copy implements StageJob {
    private int runs;
    private IOException failure;

    @Override
    public String name() {
      return "copy";
    }

    @Override
    public String summary() {
      return "Copy a file.";
    }

    @Override
    public List<String> sections() {
      return List.of("run");
    }

    @Override
    public void checkSources(Settings settings, Workspace workspace) throws IOException {
      workspace.requireSource("copy.source", folder.resolve("source.txt").toUri().toString());
    }

    @Override
    public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
        throws IOException {
      Manifest.Input source = workspace.source(folder.resolve("source.txt").toUri().toString());
      return new TreeMap<>(Map.of("source", source));
    }

    @Override
    public StageResult run(StageContext context) throws IOException {
      runs++;
      Path copy = new Path(context.data(), "copy.txt");
      Files.copy(folder.resolve("source.txt"), java.nio.file.Path.of(copy.toUri().getPath()));
      if (failure != null) {
        throw failure;
      }
      return new StageResult().output("copy", copy, 1).count("read", 3).rejects(Map.of("bad", 2L));
    }
  }

  private final Copy job = new Copy();

  private Workspace workspace() {
    return new Workspace(new Path(folder.resolve("work").toUri()), new Configuration());
  }

  private Manifest run(boolean force, String... overrides) throws IOException {
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    StageRunner runner =
        new StageRunner(
            SettingsSource.read(List.of(), List.of(overrides)),
            workspace(),
            () -> {
              throw new IllegalStateException("no stage here asks for Spark");
            },
            new Console(out));
    return runner.run(job, force);
  }

  private void write(String content) throws IOException {
    Files.writeString(folder.resolve("source.txt"), content);
  }

  @Test
  void runsOnceAndIsUpToDateThen() throws IOException {
    write("abc");
    Manifest first = run(false);
    Manifest second = run(false);
    assertThat(job.runs).isEqualTo(1);
    assertThat(second).isEqualTo(first);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("copy       Copy a file.", "| run", "counts   read 3", "rejects  bad 2")
        .contains("copy       up to date: ");
    assertThat(first.settings().at("/run/seed").asInt()).isEqualTo(1);
  }

  @Test
  void runsAgainForOtherSettingsOtherInputsLostDataOrByForce() throws IOException {
    write("abc");
    run(false);
    run(false, "run.seed=2");
    assertThat(job.runs).isEqualTo(2);
    write("abcd");
    Manifest third = run(false, "run.seed=2");
    assertThat(job.runs).isEqualTo(3);
    Path copy = new Path(workspace().stage("copy").path(), third.output("copy").path());
    Files.delete(java.nio.file.Path.of(copy.toUri().getPath()));
    run(false, "run.seed=2");
    assertThat(job.runs).isEqualTo(4);
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("Cannot use " + copy);
    run(true, "run.seed=2");
    assertThat(job.runs).isEqualTo(5);
  }

  @Test
  void aFailureKeepsWhatWasPublishedAndLeavesNothingElse() throws IOException {
    write("abc");
    Manifest published = run(false);
    job.failure = new IOException("disk full");
    assertThatThrownBy(() -> run(true)).hasMessage("disk full");
    assertThat(workspace().published("copy")).isEqualTo(published);
    try (var left = Files.list(folder.resolve("work/copy"))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .filteredOn(name -> name.startsWith("data-"))
          .hasSize(1);
    }
  }

  @Test
  void namesTheKeyOfAMissingSourceAndTheJobOfAMissingStage() {
    assertThatThrownBy(() -> run(false))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("Invalid copy.source: file:")
        .hasMessageEndingWith("(no such file or folder)");
    assertThat(job.runs).isZero();
    assertThatThrownBy(() -> workspace().requireSource("model.checkpoint", "nowhere://a/b"))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "Invalid model.checkpoint: nowhere://a/b (no file system for the scheme nowhere is"
                + " known (give its jar by --packages or --jars and, if it needs one,"
                + " spark.hadoop.fs.nowhere.impl))");
    assertThatThrownBy(() -> workspace().published("select"))
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
