package io.kohaku.benchmark;

import io.kohaku.random.SeededStream;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.SafeTensorsWriter;
import io.kohaku.tensor.TensorSource;
import io.kohaku.weights.CheckpointMerge;
import io.kohaku.weights.MergePlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Merges two random half-precision checkpoints of SDXL's size: seconds, GB/s over all files, and the
 * most memory that the process held.
 *
 * <p>{@code write FILE SEED} makes a checkpoint; {@code merge OUT FILE…} merges.
 */
public final class MergeBenchmark {
  /** Elements of SDXL's checkpoint. */
  private static final long ELEMENTS = 3_468_837_868L;

  private static final long[][] SHAPES = {
    {1280, 1280}, {10240, 1280}, {1280, 5120}, {1280}, {1280, 2048}, {640, 640, 3, 3}
  };

  private static final int PART = 1 << 22;

  private MergeBenchmark() {}

  /** Runs one of the two. */
  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("write")) {
      write(Path.of(arguments[1]), Long.parseLong(arguments[2]));
    } else {
      merge(Path.of(arguments[1]), List.of(arguments).subList(2, arguments.length));
    }
  }

  private static void write(Path file, long seed) throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    tensors.add(random("tokens.weight", seed, 49408, 1280));
    long left = ELEMENTS - 49408L * 1280;
    for (int i = 0; left > 0; i++) {
      long[] shape = SHAPES[i % SHAPES.length];
      if (elements(shape) > left) {
        shape = new long[] {left};
      }
      tensors.add(random("tensor." + i + ".weight", seed + i, shape));
      left -= elements(shape);
    }
    SafeTensorsWriter.write(file, Map.of(), tensors);
  }

  /** Random halves: any sign and mantissa, exponents of numbers below two. */
  private static TensorSource random(String name, long seed, long... shape) {
    return new TensorSource(
        name,
        Dtype.F16,
        shape,
        out -> {
          byte[] noise = noise(seed);
          for (long rest = 2 * elements(shape); rest > 0; rest -= PART) {
            out.write(ByteBuffer.wrap(noise, 0, (int) Math.min(PART, rest)));
          }
        });
  }

  private static byte[] noise(long seed) {
    byte[] noise = new byte[PART];
    SeededStream stream = SeededStream.of(seed);
    ByteBuffer halves = ByteBuffer.wrap(noise);
    while (halves.hasRemaining()) {
      halves.putLong(stream.nextLong() & 0xffbfffbfffbfffbfL);
    }
    return noise;
  }

  private static long elements(long... shape) {
    long elements = 1;
    for (long dimension : shape) {
      elements *= dimension;
    }
    return elements;
  }

  private static void merge(Path result, List<String> files) throws IOException {
    List<MergePlan.Part> parts = new ArrayList<>();
    long bytes = 0;
    for (String file : files) {
      parts.add(new MergePlan.Part(Path.of(file), 1.0 / files.size(), false));
      bytes += Files.size(Path.of(file));
    }
    MergePlan plan =
        new MergePlan(
            parts,
            Optional.empty(),
            Set.of(),
            Dtype.F32,
            Optional.empty(),
            MergePlan.Differences.ERROR);
    long start = System.nanoTime();
    try (FileChannel out =
        FileChannel.open(result, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      CheckpointMerge.write(plan, out);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double gigabytes = (bytes + Files.size(result)) / 1e9;
    System.out.printf(
        "merge: %.1f s, %.2f GB read and written, %.2f GB/s, at most %s resident%n",
        seconds, gigabytes, gigabytes / seconds, resident());
  }

  /** The kernel's high-water mark of this process. */
  private static String resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        long kilobytes = Long.parseLong(line.replaceAll("\\D", ""));
        return "%.0f MB".formatted(kilobytes / 1e3);
      }
    }
    return "unknown";
  }
}
