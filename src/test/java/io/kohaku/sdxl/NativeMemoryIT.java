package io.kohaku.sdxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps, plain and checkpointed in turn, leave a process as large as it was, to 20 kB a step. */
class NativeMemoryIT {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int SETTLING_STEPS = 50;
  private static final int STEPS = 50;

  /** A leak grows in every part, what is made once and late in one alone. */
  private static final int PARTS = 5;

  private static final long ALLOWED_KB = 20 * STEPS;

  /** In a process of its own, whose Java heap is of one size from the start. */
  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void stepsLeaveNoMemoryBehind() throws IOException {
    assumeThat(STATUS).exists();
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                // Little code to keep, and soon all of it.
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                NativeMemoryIT.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    // The tiny model's operators are too small to share out.
    builder.environment().put("OMP_NUM_THREADS", "1");
    Process process = builder.start();
    try {
      List<Long> resident =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> line.startsWith("resident "))
              .map(line -> Long.parseLong(line.substring("resident ".length())))
              .toList();
      assertThat(resident).hasSize(PARTS + 1);
      long[] growth =
          IntStream.range(0, PARTS)
              .mapToLong(part -> resident.get(part + 1) - resident.get(part))
              .sorted()
              .toArray();
      assertThat(growth[PARTS / 2]).as("of %s", Arrays.toString(growth)).isLessThan(ALLOWED_KB);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Prints the resident kB before and after each part of the steps that count. */
  public static void main(String[] arguments) throws IOException {
    try (TinyModel tiny = new TinyModel(ModelOptions.DEFAULT, AdditiveLayers.TEXT)) {
      Map<String, NDArray> leaves = AdditiveLayers.attach(tiny.sdxl, tiny.manager);
      for (int i = 0; i < SETTLING_STEPS + PARTS * STEPS; i++) {
        if (i >= SETTLING_STEPS && (i - SETTLING_STEPS) % STEPS == 0) {
          printResident();
        }
        step(tiny, leaves, i);
      }
      printResident();
    }
  }

  private static void step(TinyModel tiny, Map<String, NDArray> leaves, int index) {
    try (MemoryScope scope = MemoryScope.open(tiny.manager)) {
      Tape tape =
          index % 2 == 0 ? Tape.recording(scope.manager()) : Tape.checkpointed(scope.manager());
      Value ids = tape.input(scope.manager().create(new long[77], new Shape(1, 1, 77)));
      Value sizes = tape.input(scope.manager().create(new float[6], new Shape(1, 6)));
      NDArray latents = scope.manager().create(FormulaWeights.data("x", 64), new Shape(1, 4, 4, 4));
      Value epsilon =
          tiny.sdxl.predict(
              tape,
              tape.input(latents),
              tape.input(scope.manager().create(new long[] {index % 1000})),
              tiny.sdxl.condition(tape, ids, ids, sizes));
      tape.backward(epsilon, latents);
      Autograd.zero(leaves.values());
    }
  }

  /** Memory without a file behind it: of files, the system takes pages away as it likes. */
  private static void printResident() throws IOException {
    System.gc();
    Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .forEach(line -> System.out.println("resident " + line.replaceAll("\\D", "")));
  }
}
