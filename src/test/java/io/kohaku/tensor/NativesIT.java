package io.kohaku.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that start at once on a fresh machine. */
final class NativesIT {
  @TempDir private Path folder;

  /** A process that loads libtorch and computes. */
  static final class Loader {
    private Loader() {}

    public static void main(String[] arguments) {
      try (NDManager manager = Natives.manager(Device.cpu())) {
        System.out.println("sum " + manager.create(new float[] {1, 2}).sum().getFloat());
      }
    }
  }

  @Test
  void racingProcessesUnpackOnce() throws IOException, InterruptedException {
    Path cache = folder.resolve("cache");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(start(cache, folder.resolve("out" + i)));
    }
    for (int i = 0; i < 3; i++) {
      assertThat(processes.get(i).waitFor(3, TimeUnit.MINUTES)).isTrue();
      assertThat(folder.resolve("out" + i)).content().contains("sum 3.0");
      assertThat(processes.get(i).exitValue()).isZero();
    }
    try (Stream<Path> files = Files.walk(cache)) {
      assertThat(files.filter(file -> file.endsWith("libtorch_cpu.so"))).hasSize(1);
    }
  }

  private static Process start(Path cache, Path out) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-DENGINE_CACHE_DIR=" + cache,
            "-cp",
            System.getProperty("java.class.path"),
            Loader.class.getName())
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
  }
}
