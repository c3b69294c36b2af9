package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training as processes of an operating system, some of which are killed. */
class TrainingProcessIT {
  private static final String[] RECIPE = {
    "cluster.ranks=2", "train.epochs=4", "cluster.slot-timeout=3m"
  };
  private static final int UPDATES = 8;

  @TempDir static Path folder;
  private static TrainingSite site;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    site = new TrainingSite(folder);
    site.prepare(LocalSpark.session(), Map.of("64x64", 7, "64x96", 6), 0, 0);
    assertThat(Ranks.run(2, site.inputs("undisturbed"), site.settings(RECIPE)).progress().step())
        .isEqualTo(UPDATES);
    Ranks.run(1, site.inputs("alone"), site.settings(RECIPE));
  }

  @Test
  void anExecutorKilledInMidEpochChangesNothing() throws Exception {
    Process program = start("killed", "local-cluster[2,1,1024]");
    awaitUpdate("killed", 3, program);
    try (Stream<ProcessHandle> children = program.descendants()) {
      // The driver's only children; their command lines are too long to be told.
      ProcessHandle executor =
          children
              .filter(process -> process.info().command().orElse("").endsWith("java"))
              .findFirst()
              .orElseThrow();
      assertThat(executor.destroyForcibly()).isTrue();
    }
    assertEnds("killed", program, 0);
    assertThat(log("killed")).contains("end=FINISHED", "ExecutorLostFailure");
    assertThat(distance("killed", "undisturbed")).isZero();
    assertThat(distance("killed", "alone")).isLessThan(1e-6);
  }

  @Test
  void aDriverStoppedBySigtermGoesOnWhereItWas() throws Exception {
    Process program = start("stopped", "local[2]");
    awaitUpdate("stopped", 3, program);
    program.destroy();
    assertEnds("stopped", program, 143);
    assertThat(site.output("stopped", TrainInputs.ADAPTER)).doesNotExist();
    long saved =
        new CheckpointStore(site.checkpoints("stopped"), 9)
            .newest()
            .map(CheckpointStore::step)
            .orElseThrow();
    assertThat(saved).isBetween(3L, UPDATES - 1L).isEqualTo(lastUpdate("stopped"));
    assertEnds("stopped", start("stopped", "local[2]"), 0);
    assertThat(log("stopped")).contains("end=FINISHED");
    assertThat(distance("stopped", "undisturbed")).isZero();
  }

  private static double distance(String run, String other) {
    return SavedTensors.distance(
        site.output(run, TrainInputs.ADAPTER), site.output(other, TrainInputs.ADAPTER));
  }

  private static Process start(String run, String master) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.add("-Dai.djl.offline=true");
    ProcessHandle.current().info().arguments().stream()
        .flatMap(Stream::of)
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(List.of("-cp", classPath(), TrainingProgram.class.getName()));
    command.addAll(List.of(folder.toString(), run, master));
    command.addAll(List.of(RECIPE));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SPARK_HOME", System.getProperty("kohaku.spark.home"));
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(run + ".log").toFile()));
    builder.directory(folder.toFile());
    return builder.start();
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static void awaitUpdate(String run, int update, Process program) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
    while (lastUpdate(run) < update) {
      assertThat(program.isAlive()).as(log(run)).isTrue();
      assertThat(System.nanoTime()).as(log(run)).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static long lastUpdate(String run) throws IOException {
    Path metrics = site.output(run, "logs/metrics.jsonl");
    if (!Files.exists(metrics)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(metrics)) {
      return lines.filter(line -> line.contains("train/loss\"")).count();
    }
  }

  private static void assertEnds(String run, Process program, int code) throws Exception {
    assertThat(program.waitFor(4, TimeUnit.MINUTES)).as(log(run)).isTrue();
    assertThat(program.exitValue()).as(log(run)).isEqualTo(code);
  }

  private static String log(String run) throws IOException {
    Path log = folder.resolve(run + ".log");
    return Files.exists(log) ? Files.readString(log) : "";
  }
}
