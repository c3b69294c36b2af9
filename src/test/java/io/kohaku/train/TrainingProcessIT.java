package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.LocalSpark;
import io.kohaku.cli.ExitCode;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.train.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training as processes of an operating system, some of which are stopped, killed or starved. */
class TrainingProcessIT {
  private static final String[] RECIPE = {
    "cluster.ranks=2",
    "train.epochs=7",
    "train.log.inputs=true",
    "train.sample-every=1",
    "cluster.slot-timeout=3m"
  };
  private static final int UPDATES = 14;
  private static final int STOPS = 5;
  private static final int STOPPED = 128 + 15;

  @TempDir static Path folder;
  private static TrainingSite site;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    site = new TrainingSite(folder);
    site.prepare(LocalSpark.session(), Map.of("64x64", 7, "64x96", 6), 0, 0);
    String[] recipe = {"train.epochs=7", "train.log.inputs=true"};
    assertThat(Ranks.run(2, site.inputs("undisturbed"), site.settings(recipe)).progress().step())
        .isEqualTo(UPDATES);
    // One process that accumulates what two executors share out.
    Ranks.run(1, site.inputs("alone"), site.settings(recipe));
  }

  @Test
  void executorsThatLeaveOrAreKilledInMidEpochChangeNothing() throws Exception {
    Process program = start("disturbed", "local-cluster[2,1,1024]");
    awaitUpdate("disturbed", 2, program);
    new ProcessBuilder("kill", "-s", "PWR", "" + executor(program).pid()).start().waitFor();
    awaitLog("disturbed", "is being decommissioned: its stage is asked to save", program);
    awaitUpdate("disturbed", Math.max(6, 1 + (int) newest("disturbed")), program);
    assertThat(executor(program).destroyForcibly()).isTrue();
    assertEnds("disturbed", program, 0);
    assertThat(log("disturbed"))
        .contains("An executor had to leave after update", "ExecutorLostFailure", "end=Finished");
    assertThat(inputs("disturbed", 2)).isNotEmpty().isEqualTo(inputs("alone", 1));
    assertThat(distance("disturbed", "undisturbed")).isZero();
    assertThat(distance("disturbed", "alone")).isLessThan(1e-6);
  }

  @Test
  void aDriverStoppedAtFiveRandomUpdatesEndsWithTheSameBits() throws Exception {
    SeededStream random = SeededStream.of(Purpose.TRIAL, 7);
    List<Integer> updates = new ArrayList<>(IntStream.range(1, UPDATES - 1).boxed().toList());
    random.shuffle(updates);
    for (int update : updates.stream().limit(STOPS).sorted().toList()) {
      Process program = start("stopped", "local[2]");
      awaitUpdate("stopped", update, program);
      program.destroy();
      assertEnds("stopped", program, STOPPED);
      assertThat(site.output("stopped", TrainInputs.ADAPTER)).doesNotExist();
      assertThat(newest("stopped"))
          .isBetween((long) update, UPDATES - 1L)
          .isEqualTo(lastUpdate("stopped"));
    }
    assertEnds("stopped", start("stopped", "local[2]"), 0);
    assertThat(log("stopped")).contains("end=Finished");
    assertThat(distance("stopped", "undisturbed")).isZero();
    assertThat(inputs("stopped", 2)).isEqualTo(inputs("undisturbed", 2));
  }

  @Test
  void aDiskWithoutRoomEndsTheRunAndKeepsTheCheckpoint() throws Exception {
    Process program = start("full", "local[2]");
    awaitUpdate("full", 3, program);
    // From now on no file of the process may become larger than this; logs are smaller.
    String limit = "--fsize=" + Files.size(anyAdapter()) / 2;
    new ProcessBuilder("prlimit", "--pid", "" + program.pid(), limit).start().waitFor();
    assertEnds("full", program, ExitCode.RETRYABLE.value());
    long kept = newest("full");
    assertThat(log("full"))
        .contains(
            "IOException: Cannot write checkpoint "
                + site.checkpoints("full")
                    .resolve(String.format(Locale.ROOT, "step-%09d: ", kept + 2)))
        .contains(
            String.format(
                Locale.ROOT, "start again: training goes on from step-%09d, which stays", kept));
    assertThat(site.checkpoints("full").toFile().list()).noneMatch(name -> name.startsWith("."));
    assertThat(site.output("full", TrainInputs.ADAPTER)).doesNotExist();
    assertEnds("full", start("full", "local[2]"), 0);
    assertThat(distance("full", "undisturbed")).isZero();
  }

  private static Path anyAdapter() throws IOException {
    try (Stream<Path> files = Files.walk(site.checkpoints("full"))) {
      return files.filter(file -> file.endsWith("adapter.safetensors")).findFirst().orElseThrow();
    }
  }

  private static long newest(String run) throws IOException {
    return new CheckpointStore(site.checkpoints(run), 9)
        .newest()
        .map(CheckpointStore::step)
        .orElse(-1L);
  }

  /** One of the driver's children: its only ones; their command lines are too long to be told. */
  private static ProcessHandle executor(Process program) {
    try (Stream<ProcessHandle> children = program.descendants()) {
      return children
          .filter(process -> process.info().command().orElse("").endsWith("java"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static double distance(String run, String other) {
    return SavedTensors.distance(
        site.output(run, TrainInputs.ADAPTER), site.output(other, TrainInputs.ADAPTER));
  }

  /** Posts and digest of every micro-batch of all ranks, by update and place. */
  private static List<String> inputs(String run, int ranks) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      lines.addAll(Files.readAllLines(site.output(run, "logs/inputs-" + rank + ".jsonl")));
    }
    return lines.stream().sorted().toList();
  }

  private static Process start(String run, String master) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-Dai.djl.offline=true"));
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().strip().split("\\s+")));
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
    await(run, program, () -> lastUpdate(run) >= update);
  }

  private static void awaitLog(String run, String text, Process program) throws Exception {
    await(run, program, () -> log(run).contains(text));
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(String run, Process program, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
    while (!condition.holds()) {
      assertThat(program.isAlive()).as(log(run)).isTrue();
      assertThat(System.nanoTime()).as(log(run)).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static long lastUpdate(String run) throws IOException {
    Path metrics = site.logs(run).resolve("metrics.jsonl");
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
