package io.kohaku.latent.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.latent.StoredLatent;
import io.kohaku.latent.store.LatentStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.launcher.JavaModuleOptions;
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
    List<String> rows = lines.subList(0, lines.size() - 4);
    assertThat(lines)
        .contains(
            "lost executors 1",
            "fallbacks 4 of 9",
            new LatentCounts(0, 0, KilledExecutor.POSTS).toString());
    assertThat(lines.get(lines.size() - 1)).matches("lost tasks [1-9]\\d*");
    assertThat(rows)
        .extracting(row -> Long.parseLong(row.split(" ")[0]))
        .containsExactlyElementsOf(LongStream.range(0, KilledExecutor.POSTS).boxed().toList());
    assertThat(rows).noneMatch(row -> row.contains("null"));
    LatentStore store = new LatentStore(new Configuration(), folder.resolve("store").toString());
    List<Long> stored = new ArrayList<>();
    for (String file : store.files()) {
      for (StoredLatent latent : store.list(file)) {
        stored.add(latent.origin().id());
        assertThat(store.bytes(latent.origin().id(), latent.place())).isNotEmpty();
      }
    }
    assertThat(stored)
        .as("also in the store, each once")
        .hasSize(KilledExecutor.POSTS)
        .doesNotHaveDuplicates();
  }

  private void runToTheEnd() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().strip().split("\\s+")));
    String options = "-Dai.djl.offline=true -Djava.io.tmpdir=" + TARGET.resolve("tmp");
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of("-Xmx1g", "-Dkohaku.executor.options=" + options));
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
}
