package io.kohaku.sdxl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.Golden;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.KernelOptions;
import io.kohaku.sdxl.tape.LayerKernels;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The tiny SDXL with the inputs of the golden vectors. */
public final class TinyModel implements AutoCloseable {
  /** The CPU, or what {@code -Dkohaku.device=gpu} says. */
  public static final Device DEVICE =
      "gpu".equals(System.getProperty("kohaku.device")) ? Device.gpu() : Device.cpu();

  private static final Path FILE = write();

  final SdxlCheckpoint checkpoint;
  public final Sdxl sdxl;
  public final NDManager manager;
  private final SafeTensors golden = SafeTensors.open(Golden.path("tiny-sdxl-vectors.safetensors"));

  public TinyModel(ModelOptions options) {
    this(options, LayerKernels.PLAIN);
  }

  public TinyModel(ModelOptions options, KernelSource layers) {
    this(options, layers, KernelOptions.PLAIN);
  }

  TinyModel(ModelOptions options, KernelSource layers, KernelOptions kernels) {
    Autograd.enterThread();
    this.checkpoint = SdxlCheckpoint.open(FILE, Optional.empty(), options);
    this.sdxl = Sdxl.open(checkpoint, DEVICE, List.of(layers), kernels);
    this.manager = Natives.manager(DEVICE);
  }

  /** The checkpoint's file, made once per JVM. */
  public static Path file() {
    return FILE;
  }

  /** A golden tensor in its own dtype. */
  public NDArray golden(String name) {
    return golden.read(manager, name, golden.info(name).dtype());
  }

  /** A golden tensor of whole numbers as int64. */
  public NDArray goldenIds(String name) {
    return golden.read(manager, name, Dtype.I64);
  }

  /** {@code [2, 6]}: original, crop, target. */
  NDArray sizes() {
    float[] original = golden("size_original_hw").toFloatArray();
    float[] crop = golden("size_crop_tl").toFloatArray();
    float[] target = golden("size_target_hw").toFloatArray();
    float[] sizes = new float[12];
    for (int row = 0; row < 2; row++) {
      for (int i = 0; i < 2; i++) {
        sizes[6 * row + i] = original[2 * row + i];
        sizes[6 * row + 2 + i] = crop[2 * row + i];
        sizes[6 * row + 4 + i] = target[2 * row + i];
      }
    }
    return manager.create(sizes, new Shape(2, 6));
  }

  public Sdxl.Conditioning condition(Tape tape) {
    return sdxl.condition(
        tape,
        tape.input(goldenIds("te_ids1")),
        tape.input(goldenIds("te_ids2")),
        tape.input(sizes()));
  }

  /** Largest difference over the largest expected value. */
  static double relative(NDArray actual, NDArray expected) {
    float[] a = actual.toType(DataType.FLOAT32, false).toFloatArray();
    float[] e = expected.toType(DataType.FLOAT32, false).toFloatArray();
    if (!actual.getShape().equals(expected.getShape())) {
      throw new AssertionError(actual.getShape() + " instead of " + expected.getShape());
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(e[i]));
      difference = Math.max(difference, Math.abs(a[i] - e[i]));
      if (Float.isNaN(a[i])) {
        return Double.NaN;
      }
    }
    return difference / largest;
  }

  private static Path write() {
    try {
      Path file = Files.createTempFile("tiny-sdxl", ".safetensors");
      file.toFile().deleteOnExit();
      TinySdxl.load().write(file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    sdxl.close();
    checkpoint.close();
    golden.close();
    manager.close();
  }
}
