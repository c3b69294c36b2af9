package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How a program ended and what it said.
 *
 * @param code its exit code
 * @param output what it printed, errors among it
 */
record Submitted(int code, String output) {

  /** Runs a program to its end, without the caller's Spark. */
  static Submitted run(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, "submitted", ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("SPARK_HOME");
    builder.environment().remove("MASTER");
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(8, TimeUnit.MINUTES)).as("ends").isTrue();
    return new Submitted(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
  }
}
