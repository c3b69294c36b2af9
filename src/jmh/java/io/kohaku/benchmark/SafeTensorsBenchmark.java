package io.kohaku.benchmark;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** 512 MiB of float16 tensors from the page cache: our ways of reading against a plain read. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 5, time = 2)
public class SafeTensorsBenchmark {
  private static final int TENSORS = 64;
  private static final int BYTES = 8 << 20;

  private Path file;
  private NDManager manager;
  private ByteBuffer buffer;

  /** Runs all and prints rates, and times as ratios to the plain read. */
  public static void main(String[] arguments) throws RunnerException {
    Collection<RunResult> results =
        new Runner(new OptionsBuilder().include(SafeTensorsBenchmark.class.getSimpleName()).build())
            .run();
    double plain = score(results, "plainRead");
    for (RunResult result : results) {
      double milliseconds = result.getPrimaryResult().getScore();
      System.out.printf(
          "%s: %.2f GB/s, %.2f x the time of a plain read%n",
          result.getPrimaryResult().getLabel(),
          (double) TENSORS * BYTES / milliseconds / 1e6,
          milliseconds / plain);
    }
  }

  private static double score(Collection<RunResult> results, String label) {
    return results.stream()
        .filter(result -> result.getPrimaryResult().getLabel().equals(label))
        .findFirst()
        .orElseThrow()
        .getPrimaryResult()
        .getScore();
  }

  /** Writes the file. */
  @Setup
  public void open() throws IOException {
    Autograd.enterThread();
    manager = Natives.manager(Device.cpu());
    buffer = ByteBuffer.allocateDirect(BYTES);
    file = Files.createTempFile("benchmark", ".safetensors");
    write();
  }

  private void write() throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    for (int i = 0; i < TENSORS; i++) {
      long[] shape = {BYTES / 2};
      tensors.add(
          new TensorSource("t" + i, Dtype.F16, shape, out -> out.write(buffer.duplicate())));
    }
    SafeTensorsWriter.write(file, Map.of(), tensors);
  }

  /** The whole file through one direct buffer. */
  @Benchmark
  public long plainRead() throws IOException {
    long total = 0;
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(buffer.clear()) >= 0) {
        total += buffer.position();
      }
    }
    return total;
  }

  /** Every tensor copied into memory of its own, as stored. */
  @Benchmark
  public void copies() {
    read(Dtype.F16);
  }

  /** Every tensor copied and converted to float32. */
  @Benchmark
  public void copiesAsFloat32() {
    read(Dtype.F32);
  }

  /** Every tensor as a view, without touching its pages. */
  @Benchmark
  public void views() {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      tensors.tensors().keySet().forEach(name -> tensors.view(manager, name).close());
    }
  }

  /** The file written again, and forced to the disk. */
  @Benchmark
  public void written() throws IOException {
    buffer.clear();
    write();
  }

  private void read(Dtype dtype) {
    Autograd.enterThread();
    try (SafeTensors tensors = SafeTensors.open(file)) {
      tensors.tensors().keySet().forEach(name -> tensors.read(manager, name, dtype).close());
    }
  }

  /** Removes the file. */
  @TearDown
  public void close() throws IOException {
    manager.close();
    Files.delete(file);
  }
}
