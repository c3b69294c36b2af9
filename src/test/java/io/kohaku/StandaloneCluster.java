package io.kohaku;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/** A standalone cluster of this machine: a master and one worker with GPUs that are made up. */
final class StandaloneCluster implements AutoCloseable {
  private static final Path SPARK = Path.of(System.getProperty("kohaku.spark.home"));
  private static final Pattern MASTER = Pattern.compile("spark://127\\.0\\.0\\.1:[0-9]+");
  private static final long PATIENCE_MILLIS = 60_000;

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final String master;

  /** Starts a worker of these cores and GPUs, whose applications leave their logs in the folder. */
  StandaloneCluster(Path folder, int cores, int gpus) throws IOException, InterruptedException {
    this.folder = folder;
    try {
      start("master", gpus, "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1");
      this.master = awaitLine("master", MASTER);
      start(
          "worker",
          gpus,
          "org.apache.spark.deploy.worker.Worker",
          "--host",
          "127.0.0.1",
          "--cores",
          String.valueOf(cores),
          "--memory",
          "6g",
          "--work-dir",
          folder.resolve("work").toString(),
          master);
      awaitLine("worker", Pattern.compile("Successfully registered with master"));
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Where applications are sent. */
  String master() {
    return master;
  }

  /** What all executors wrote to standard error. */
  String executorLogs() throws IOException {
    StringBuilder logs = new StringBuilder();
    try (Stream<Path> tree = Files.walk(folder.resolve("work"))) {
      for (Path log : tree.filter(path -> path.endsWith("stderr")).toList()) {
        logs.append(Files.readString(log));
      }
    }
    return logs.toString();
  }

  private void start(String name, int gpus, String... program) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().strip().split("\\s+")));
    command.addAll(List.of("-Xmx512m", "-Dspark.worker.resource.gpu.amount=" + gpus));
    Path script = Path.of("jobs", "discover-gpus.sh").toAbsolutePath();
    command.add("-Dspark.worker.resource.gpu.discoveryScript=" + script);
    command.addAll(List.of("-cp", SPARK.resolve("jars") + "/*"));
    command.addAll(List.of(program).subList(0, 1));
    command.addAll(List.of("--port", "0", "--webui-port", "0"));
    command.addAll(List.of(program).subList(1, program.length));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("KOHAKU_SIMULATED_GPUS", String.valueOf(gpus));
    builder.environment().put("SPARK_HOME", SPARK.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.redirectOutput(log(name).toFile());
    processes.add(builder.start());
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  private String awaitLine(String name, Pattern wanted) throws IOException, InterruptedException {
    long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (System.currentTimeMillis() < deadline) {
      Matcher found = wanted.matcher(Files.readString(log(name), StandardCharsets.UTF_8));
      if (found.find()) {
        return found.group();
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException(
        "No " + wanted + " from the " + name + ": " + Files.readString(log(name)));
  }

  @Override
  public void close() {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      process.onExit().join();
    }
  }
}
