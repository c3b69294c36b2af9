package io.kohaku.sdxl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.tape.LayerKernels;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * SDXL at its real size: writes a checkpoint of seeded random halves (6.9 GB), loads it, and runs
 * each network once. A tool of {@code bench/sdxl.sh}; prints what it measures.
 */
public final class RealSize {
  private static final double GIGA = 1e9;

  private RealSize() {}

  /** {@code write FILE}, {@code load FILE} or {@code run FILE DTYPE [cpu|gpu]}. */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "write" -> write(file);
      case "load" -> load(file);
      case "run" -> {
        boolean gpu = arguments.length > 3 && arguments[3].equals("gpu");
        run(file, Dtype.valueOf(arguments[2]), gpu ? Device.gpu() : Device.cpu());
      }
      default -> throw new IllegalArgumentException("Unknown command: " + arguments[0]);
    }
  }

  private static void write(Path file) throws IOException {
    long start = System.nanoTime();
    List<TensorSource> tensors = new ArrayList<>();
    RealSdxl.shapes()
        .forEach(
            (key, shape) ->
                tensors.add(
                    new TensorSource(key, Dtype.F16, shape, out -> halves(out, key, shape))));
    tensors.add(
        TensorSource.of(
            Network.TE1.prefix() + "text_model.embeddings.position_ids",
            Dtype.I64,
            new long[] {1, 77},
            new byte[8 * 77]));
    SafeTensorsWriter.write(file, Map.of(), tensors);
    System.out.printf("written %.2f GB in %.1f s%n", Files.size(file) / GIGA, seconds(start));
  }

  /** Norm gains are 1, biases 0, and matrices random of about the variance 1 / fan_in. */
  private static void halves(WritableByteChannel out, String key, long[] shape) throws IOException {
    long count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    boolean matrix = shape.length > 1;
    long fanIn = matrix ? count / shape[0] : 1;
    int exponent = 15 - (int) Math.ceil(Math.log(1.53 * Math.sqrt(fanIn)) / Math.log(2));
    int constant = key.endsWith("bias") ? 0 : 0x3C00;
    SeededStream random = SeededStream.of(Purpose.TRIAL, key.hashCode());
    ByteBuffer part = ByteBuffer.allocateDirect(8 << 20).order(ByteOrder.LITTLE_ENDIAN);
    long left = count;
    while (left > 0) {
      part.clear();
      for (; left > 0 && part.remaining() >= 8; left -= 4) {
        long bits = matrix ? random.nextLong() : 0;
        for (int i = 0; i < Math.min(4, left); i++) {
          int half = (int) (bits >>> (16 * i)) & 0x83FF | exponent << 10;
          part.putShort((short) (matrix ? half : constant));
        }
      }
      left = Math.max(left, 0);
      part.flip();
      while (part.hasRemaining()) {
        out.write(part);
      }
    }
  }

  private static void load(Path file) throws IOException {
    double size = Files.size(file) / GIGA;
    double reading = readOnce(file);
    System.out.printf("reading the file: %.2f GB/s%n", size / reading);
    Autograd.enterThread();
    long start = System.nanoTime();
    try (SdxlCheckpoint checkpoint =
        SdxlCheckpoint.open(file, Optional.empty(), ModelOptions.DEFAULT.withDtype(Dtype.F16))) {
      System.out.printf("headers read and checked in %.2f s%n", seconds(start));
      count(file);
      try (Sdxl sdxl = Sdxl.open(checkpoint, Device.cpu(), List.of(LayerKernels.PLAIN));
          Vae vae = Vae.open(checkpoint, Device.cpu(), Dtype.F16);
          NDManager manager = sdxl.manager().newSubManager()) {
        System.out.printf("networks opened (mapped) in %.2f s%n", seconds(start));
        for (String key : checkpoint.layout().expected().keySet()) {
          try (NDArray weight = checkpoint.reader(Dtype.F16).read(manager, key);
              NDArray flat = weight.flatten();
              NDArray largest = flat.max()) {
            if (Float.isNaN(largest.toType(DataType.FLOAT32, true).getFloat())) {
              throw new IllegalStateException("NaN in " + key);
            }
          }
        }
        double loading = seconds(start);
        System.out.printf(
            "every weight touched: %.2f GB/s, %.2f of the rate of reading%n",
            size / loading, reading / loading);
        printMemory(size);
        if (vae.manager() == null) {
          throw new IllegalStateException();
        }
      }
    }
  }

  private static void count(Path file) {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      for (Network network : Network.values()) {
        long[] totals = new long[2];
        tensors
            .tensors()
            .forEach(
                (key, info) -> {
                  if (key.startsWith(network.prefix()) && info.dtype() == Dtype.F16) {
                    totals[0]++;
                    totals[1] += info.elements();
                  }
                });
        System.out.printf("%s: %d tensors, %,d parameters%n", network, totals[0], totals[1]);
      }
    }
  }

  private static void run(Path file, Dtype dtype, Device device) throws IOException {
    Autograd.enterThread();
    double size = Files.size(file) / GIGA;
    long start = System.nanoTime();
    try (SdxlCheckpoint checkpoint =
        SdxlCheckpoint.open(file, Optional.empty(), ModelOptions.DEFAULT.withDtype(dtype))) {
      try (Sdxl sdxl = Sdxl.open(checkpoint, device, List.of(LayerKernels.PLAIN))) {
        System.out.printf("loaded in %s on %s in %.1f s%n", dtype, device, seconds(start));
        predict(sdxl);
        printMemory(size);
      }
      start = System.nanoTime();
      try (Vae vae = Vae.open(checkpoint, device, Dtype.F32);
          MemoryScope scope = MemoryScope.open(vae.manager())) {
        NDArray mean = vae.encode(scope.manager(), data(scope, 1, 3, 1024, 1024)).mean();
        System.out.printf(
            "VAE encode of 1024 x 1024, F32: %s in %.1f s%n", finite(mean), seconds(start));
        printMemory(size);
      }
    }
  }

  private static void predict(Sdxl sdxl) {
    try (MemoryScope scope = MemoryScope.open(sdxl.manager())) {
      Tape tape = Tape.inference(scope.manager());
      long start = System.nanoTime();
      Value ids = tape.input(scope.manager().create(new long[3 * 77], new Shape(1, 3, 77)));
      Value sizes = tape.input(scope.manager().create(new float[6], new Shape(1, 6)));
      Sdxl.Conditioning text = sdxl.condition(tape, ids, ids, sizes);
      System.out.printf(
          "text encoders, 3 rows: %s in %.1f s%n", finite(text.vector().array()), seconds(start));
      for (int i = 0; i < 2; i++) {
        start = System.nanoTime();
        Value epsilon =
            sdxl.predict(
                tape,
                tape.input(data(scope, 1, 4, 128, 128)),
                tape.input(scope.manager().create(new long[] {500})),
                text);
        System.out.printf(
            "U-Net forward at 1024 x 1024: %s in %.1f s%n",
            finite(epsilon.array()), seconds(start));
        if (sdxl.manager().getDevice().equals(Device.cpu())) {
          break;
        }
      }
    }
  }

  private static NDArray data(MemoryScope scope, long... shape) {
    Shape size = new Shape(shape);
    return scope.manager().create(FormulaWeights.data("real", (int) size.size()), size);
  }

  private static String finite(NDArray array) {
    float[] values = array.toDevice(Device.cpu(), false).toFloatArray();
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new IllegalStateException("Not finite: " + value);
      }
    }
    return array.getShape() + " finite";
  }

  private static double readOnce(Path file) throws IOException {
    long start = System.nanoTime();
    ByteBuffer part = ByteBuffer.allocateDirect(8 << 20);
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(part) >= 0) {
        part.clear();
      }
    }
    return seconds(start);
  }

  private static void printMemory(double size) throws IOException {
    Path status = Path.of("/proc/self/status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM") || line.startsWith("RssAnon")) {
        double gigabytes = Long.parseLong(line.replaceAll("\\D", "")) * 1024 / GIGA;
        System.out.printf(
            "%s %.2f GB, %.2f of the file%n",
            line.startsWith("VmHWM") ? "peak memory" : "memory outside the mapped file",
            gigabytes,
            gigabytes / size);
      }
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / GIGA;
  }
}
