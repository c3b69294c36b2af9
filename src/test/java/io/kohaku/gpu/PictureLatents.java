package io.kohaku.gpu;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.kohaku.demo.scene.Painter;
import io.kohaku.demo.scene.SceneDirector;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.sdxl.TinyModel;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.tensor.script.Autograd;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Draws some of the demo's pictures and keeps their latents, of mean 0 and variance 1, for machines
 * that can neither draw nor decode. Takes the folder to write into.
 */
final class PictureLatents {
  static final String FILE = "pictures.safetensors";
  static final String TENSOR = "latents";
  private static final int COUNT = 64;
  private static final int SIDE = 256;

  private PictureLatents() {}

  public static void main(String[] arguments) throws IOException {
    Autograd.enterThread();
    SceneDirector director = new SceneDirector(SeededStream.of(Purpose.TRIAL, 1));
    int each = 4 * (SIDE / 8) * (SIDE / 8);
    ByteBuffer bytes = ByteBuffer.allocate(COUNT * each * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    try (SdxlCheckpoint checkpoint =
            SdxlCheckpoint.open(TinyModel.file(), Optional.empty(), ModelOptions.DEFAULT);
        Vae vae = Vae.open(checkpoint, Device.cpu(), Dtype.F32)) {
      for (int i = 0; i < COUNT; i++) {
        try (MemoryScope scope = MemoryScope.open(vae.manager())) {
          float[] pixels = pixels(Painter.paint(director.next(), SIDE, SIDE));
          NDArray picture = scope.manager().create(pixels, new Shape(1, 3, SIDE, SIDE));
          for (float value : normalised(vae.encode(scope.manager(), picture).mean())) {
            bytes.putFloat(value);
          }
        }
      }
    }
    long[] shape = {COUNT, 4, SIDE / 8, SIDE / 8};
    SafeTensorsWriter.write(
        Path.of(arguments[0], FILE),
        Map.of(),
        List.of(TensorSource.of(TENSOR, Dtype.F32, shape, bytes.array())));
  }

  private static float[] pixels(BufferedImage image) {
    float[] pixels = new float[3 * SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int rgb = image.getRGB(x, y);
        for (int channel = 0; channel < 3; channel++) {
          int value = rgb >> (16 - 8 * channel) & 255;
          pixels[(channel * SIDE + y) * SIDE + x] = value / 127.5f - 1;
        }
      }
    }
    return pixels;
  }

  private static float[] normalised(NDArray latents) {
    float[] values = latents.toFloatArray();
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += value * value;
    }
    double mean = sum / values.length;
    double deviation = Math.sqrt(squares / values.length - mean * mean);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((values[i] - mean) / deviation);
    }
    return values;
  }
}
