package io.kohaku.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.LocalSpark;
import io.kohaku.Main;
import io.kohaku.engine.Consent;
import io.kohaku.engine.Console;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageRunner;
import io.kohaku.engine.StageSequence;
import io.kohaku.engine.Workspace;
import io.kohaku.provenance.Manifest;
import io.kohaku.recipe.DemoDataJob;
import io.kohaku.settings.SettingsSource;
import io.kohaku.train.checkpoint.CheckpointStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** The demo with few posts and 12 updates, every stage of it run in this process. */
final class FinishedDemo {
  private final Path work;

  FinishedDemo(Path work) {
    this.work = work;
  }

  Path work() {
    return work;
  }

  /** All stages that depend on each other, in order. */
  static List<StageJob> stages() {
    return Jobs.stages().stream().filter(stage -> !stage.name().equals("merge")).toList();
  }

  static StageJob stage(String name) {
    return Jobs.stages().stream().filter(stage -> stage.name().equals(name)).findFirst().get();
  }

  /** The demo's settings, small, with others above them. */
  SettingsSource source(String... overrides) {
    return SettingsSource.read(List.of(Path.of("conf/demo.conf")), settings(overrides));
  }

  private List<String> settings(String... overrides) {
    List<String> all = new ArrayList<>(List.of("run.work=" + work, "demo.posts=50"));
    all.addAll(List.of("train.validation.held-out=4", "train.micro-batches-per-update=2"));
    all.addAll(List.of("train.epochs=3", "train.checkpoint.keep=100"));
    all.addAll(List.of("lokr.mode=merged", "sample.steps=1", "sample.pictures=1"));
    all.addAll(List.of(overrides));
    return all;
  }

  Manifest run(StageJob stage, Consent consent, String... overrides) throws IOException {
    Workspace workspace =
        new Workspace(new org.apache.hadoop.fs.Path(work.toUri()), new Configuration());
    PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return new StageRunner(
            source(overrides), workspace, LocalSpark::session, new Console(out), consent)
        .run(stage);
  }

  Manifest run(String stage, String... overrides) throws IOException {
    return run(stage(stage), Consent.asked(), overrides);
  }

  /** Runs all stages, or finds them up to date. */
  Map<String, Manifest> runAll(String... overrides) throws IOException {
    Map<String, Manifest> manifests = new TreeMap<>();
    for (StageJob stage : stages()) {
      manifests.put(stage.name(), run(stage, Consent.asked(), overrides));
    }
    return manifests;
  }

  /** What is said of all stages. */
  String why(String... overrides) throws IOException {
    return why(source(overrides));
  }

  static String why(SettingsSource source) throws IOException {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    new StageSequence(source)
        .explain(stages(), Jobs.stages(), new PrintStream(told, true, StandardCharsets.UTF_8));
    return told.toString(StandardCharsets.UTF_8);
  }

  /** One output of a published stage. */
  Path output(Manifest manifest, String output) {
    return work.resolve(manifest.stage()).resolve(manifest.output(output).path());
  }

  /** Copies the made-up site to another place with new times; the settings that name it there. */
  String[] moveSite(Path place) throws IOException {
    Path files = work.resolve(new DemoDataJob().name()).resolve("files");
    try (Stream<Path> tree = Files.walk(files)) {
      for (Path path : tree.toList()) {
        Files.copy(path, place.resolve(files.relativize(path).toString()));
      }
    }
    return new String[] {
      "model.checkpoint=" + place.resolve("base.safetensors"),
      "model.tokenizer=" + place.resolve("tokenizer")
    };
  }

  /** The folder of the run that was trained first. */
  Path firstRun() throws IOException {
    try (Stream<Path> runs = Files.list(work.resolve("train/checkpoints"))) {
      return runs.filter(run -> !run.toString().contains("."))
          .min(Comparator.comparing(run -> run.resolve("run.json").toFile().lastModified()))
          .orElseThrow();
    }
  }

  /** The last update that the first run has a checkpoint of. */
  long newestCheckpoint() throws IOException {
    return new CheckpointStore(firstRun(), 1).last().orElse(0);
  }

  void awaitCheckpoint(long update) throws IOException, InterruptedException {
    Instant end = Instant.now().plusSeconds(120);
    while (newestCheckpoint() < update) {
      assertThat(Instant.now()).as("time to reach update " + update).isBefore(end);
      Thread.sleep(200);
    }
  }

  /** Starts one stage in a process of its own. */
  Process start(String stage, String... overrides) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx1500m", "-Dspark.master=local[2]", "-Dai.djl.offline=true", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.addAll(List.of(Main.class.getName(), stage, "--conf", "conf/demo.conf"));
    for (String setting : settings(overrides)) {
      command.addAll(List.of("--set", setting));
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(work.resolveSibling(stage + ".log").toFile())
        .start();
  }
}
