package io.kohaku.latent.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.latent.StoredLatent;
import io.kohaku.latent.store.LatentStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@link KilledExecutor} in a process of its own: a JVM has one Spark context. */
class KilledExecutorIT {
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  @TempDir private Path folder;

  @Test
  @Timeout(600)
  void everyImageIsEncodedExactlyOnceWhenAnExecutorIsKilled()
      throws IOException, InterruptedException {
    runToTheEnd();

    List<String> lines = Files.readAllLines(folder.resolve("result"));
    List<String> rows = lines.subList(0, lines.size() - 2);
    assertThat(lines).contains("lost executors 1");
    assertThat(lines.get(lines.size() - 1)).matches("lost tasks [1-9]\\d*");
    assertThat(rows)
        .extracting(row -> Long.parseLong(row.split(" ")[0]))
        .containsExactlyElementsOf(LongStream.range(0, 96).boxed().toList());
    assertThat(rows).noneMatch(row -> row.contains("null"));
    LatentStore store = new LatentStore(new Configuration(), folder.resolve("store").toString());
    List<Long> stored = new ArrayList<>();
    for (String file : store.files()) {
      for (StoredLatent latent : store.list(file)) {
        stored.add(latent.origin().id());
        assertThat(store.bytes(latent.origin().id(), latent.place())).isNotEmpty();
      }
    }
    assertThat(stored).as("also in the store, each once").hasSize(96).doesNotHaveDuplicates();
  }

  private void runToTheEnd() throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> options = new ArrayList<>();
    for (String option : management()) {
      if (option.startsWith("--add-opens") || option.startsWith("-Dai.djl")) {
        options.add(option);
      }
    }
    options.add("-Djava.io.tmpdir=" + TARGET.resolve("tmp"));
    options.add("-Dai.djl.offline=true");
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(options);
    command.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1"));
    command.add("-Dkohaku.executor.options=" + executorOptions());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            KilledExecutor.class.getName(),
            folder.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_HOME", System.getProperty("kohaku.spark.home"));
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    Path log = folder.resolve("log");
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(560, TimeUnit.SECONDS)).as("ended in time").isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String executorOptions() {
    return "-XX:TieredStopAtLevel=1 -Dai.djl.offline=true -Djava.io.tmpdir="
        + TARGET.resolve("tmp");
  }

  private static List<String> management() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments();
  }
}
