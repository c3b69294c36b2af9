package io.kohaku.lokr.file;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.ArraySource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the parameters as training leaves them, float32, with each LoKr layer's alpha and the
 * facts of the run: what {@link LokrFileWriter} publishes from, and training can go on from.
 */
public final class TrainedFile {
  private TrainedFile() {}

  /** Writes the adapter, one tensor after another. */
  public static void write(Path file, LokrNetwork network, TrainingFacts facts) throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    for (AdaptedModule module : network.modules()) {
      if (module instanceof LokrLayer layer) {
        tensors.add(alpha(layer));
      }
      for (ParameterSpec parameter : module.parameters()) {
        tensors.add(
            ArraySource.of(
                module.tensor(parameter),
                Dtype.F32,
                network.parameters(module).get(parameter.suffix())));
      }
    }
    SafeTensorsWriter.write(file, facts.texts(), tensors);
  }

  private static TensorSource alpha(LokrLayer layer) {
    String name = LokrTensor.ALPHA.of(layer.name());
    float alpha = (float) Math.min(layer.shape().alpha(), Float.MAX_VALUE);
    return number(name, Dtype.F32, alpha);
  }

  /** One number, rounded to {@code dtype}, as a tensor without dimensions. */
  static TensorSource number(String name, Dtype dtype, float number) {
    return new TensorSource(
        name,
        dtype,
        new long[0],
        out -> {
          try (NDManager manager = Natives.manager(Device.cpu())) {
            ArraySource.of(name, dtype, manager.create(number)).content().writeTo(out);
          }
        });
  }
}
