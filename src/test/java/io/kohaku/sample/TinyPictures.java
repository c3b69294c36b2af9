package io.kohaku.sample;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.Golden;
import io.kohaku.demo.DemoData;
import io.kohaku.sample.prompt.PromptTokens;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.LayerKernels;
import io.kohaku.settings.DemoSettings;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The demo's checkpoint, loaded to draw with. */
final class TinyPictures implements AutoCloseable {
  /** One token for each letter, so that tests can count. */
  static final PromptTokens LETTERS =
      new PromptTokens(
          text -> text.chars().mapToObj(letter -> Integer.valueOf(letter - ' ')).toList(),
          1022,
          1023);

  final Sdxl sdxl;
  final Vae vae;
  final PictureSampler sampler;
  private final SdxlCheckpoint checkpoint;

  TinyPictures(Path file) {
    Autograd.enterThread();
    this.checkpoint = SdxlCheckpoint.open(file, Optional.empty(), ModelOptions.DEFAULT);
    this.sdxl = Sdxl.open(checkpoint, Device.cpu(), List.of(LayerKernels.PLAIN));
    this.vae = Vae.open(checkpoint, Device.cpu(), Dtype.F32);
    this.sampler = new PictureSampler(sdxl, vae, LETTERS, 1024, Preconditioning.EPSILON_OF_SDXL);
  }

  /** The tiny base model in {@code folder}. */
  static Path base(Path folder) throws IOException {
    return DemoData.generate(folder, new DemoSettings(1, 50, 64)).base();
  }

  static NDArray golden(NDManager manager, String name, Dtype dtype) {
    try (SafeTensors file = SafeTensors.open(Golden.path("tiny-sdxl-vectors.safetensors"))) {
      return file.read(manager, name, dtype);
    }
  }

  /** Largest difference over the largest expected value. */
  static double relative(NDArray actual, NDArray expected) {
    float[] a = actual.toFloatArray();
    float[] e = expected.toFloatArray();
    if (!actual.getShape().equals(expected.getShape())) {
      throw new AssertionError(actual.getShape() + " instead of " + expected.getShape());
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < a.length; i++) {
      if (Float.isNaN(a[i])) {
        return Double.NaN;
      }
      largest = Math.max(largest, Math.abs(e[i]));
      difference = Math.max(difference, Math.abs(a[i] - e[i]));
    }
    return difference / largest;
  }

  @Override
  public void close() {
    vae.close();
    sdxl.close();
    checkpoint.close();
  }
}
