package io.kohaku.benchmark;

import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.file.MergedAdapters;
import io.kohaku.lokr.preset.LayerSelection;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.weights.bake.Bake;
import io.kohaku.weights.bake.BakePlan;
import io.kohaku.weights.merge.CheckpointMerge;
import io.kohaku.weights.merge.MergePlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Merges checkpoints, or bakes an adapter into one: seconds, GB/s over all files, and the most
 * memory that the process held.
 *
 * <p>{@code merge OUT FILE…} merges in equal shares; {@code adapter OUT BASE PRESET} writes a
 * random adapter; {@code bake OUT BASE ADAPTER} bakes it in.
 */
public final class MergeBenchmark {
  private static final int FACTOR = 8;

  private MergeBenchmark() {}

  /** Runs one of the three. */
  public static void main(String[] arguments) throws IOException {
    Path result = Path.of(arguments[1]);
    List<Path> files = new ArrayList<>();
    for (String argument : List.of(arguments).subList(2, arguments.length)) {
      files.add(Path.of(argument));
    }
    switch (arguments[0]) {
      case "adapter" -> adapter(result, files.get(0), arguments[3]);
      case "merge" -> measure("merge", result, files, out -> merge(files, out));
      case "bake" -> measure("bake", result, files, out -> bake(files, out));
      default -> throw new IllegalArgumentException("Unknown command: " + arguments[0]);
    }
  }

  private interface Work {
    void run(FileChannel out) throws IOException;
  }

  private static void adapter(Path result, Path base, String preset) throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    try (SdxlCheckpoint checkpoint =
        SdxlCheckpoint.open(base, Optional.empty(), ModelOptions.DEFAULT)) {
      for (AdaptedModule module :
          LayerSelection.select(
              PresetFile.load(preset),
              NetworkOptions.fullMatrix(FACTOR).withNorms(),
              checkpoint.layout().modules().modules())) {
        for (ParameterSpec parameter : module.parameters()) {
          String name = module.tensor(parameter);
          int size = (int) parameter.size();
          tensors.add(
              new TensorSource(
                  name,
                  Dtype.F16,
                  parameter.shape().getShape(),
                  out -> out.write(halves(name, size))));
        }
      }
    }
    SafeTensorsWriter.write(result, Map.of(), tensors);
  }

  /** Random halves of any sign between 2^-8 and 2^-7. */
  private static ByteBuffer halves(String name, int count) {
    SeededStream random = SeededStream.of(Purpose.TRIAL, name.hashCode());
    ByteBuffer bytes = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putShort((short) (random.nextLong() & 0x83ff | 7 << 10));
    }
    return bytes.flip();
  }

  private static void merge(List<Path> files, FileChannel out) throws IOException {
    List<MergePlan.Checkpoint> parts =
        files.stream()
            .map(file -> new MergePlan.Checkpoint(file, 1.0 / files.size(), false))
            .toList();
    CheckpointMerge.write(
        new MergePlan(
            parts,
            Optional.empty(),
            Set.of(),
            Dtype.F32,
            Optional.empty(),
            MergePlan.Differences.ERROR),
        out);
  }

  private static void bake(List<Path> files, FileChannel out) throws IOException {
    Bake.write(
        new BakePlan(
            files.get(0), List.of(new MergedAdapters.Source(files.get(1), 1)), Optional.empty()),
        out);
  }

  private static void measure(String name, Path result, List<Path> files, Work work)
      throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    long start = System.nanoTime();
    try (FileChannel out =
        FileChannel.open(result, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      work.run(out);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double gigabytes = (bytes + Files.size(result)) / 1e9;
    System.out.printf(
        "%s: %.1f s, %.2f GB read and written, %.2f GB/s, at most %s resident%n",
        name, seconds, gigabytes, gigabytes / seconds, resident());
  }

  /** The kernel's high-water mark of this process. */
  private static String resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        long kilobytes = Long.parseLong(line.replaceAll("\\D", ""));
        return String.format(Locale.ROOT, "%.0f MB", kilobytes / 1e3);
      }
    }
    return "unknown";
  }
}
