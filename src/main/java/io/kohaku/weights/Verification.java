package io.kohaku.weights;

import ai.djl.Device;
import io.kohaku.lokr.AttachedAdapter;
import io.kohaku.lokr.LokrFile;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.sdxl.LayerKernels;
import io.kohaku.sdxl.ModelOptions;
import io.kohaku.sdxl.Network;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.SdxlCheckpoint;
import io.kohaku.tensor.Autograd;
import io.kohaku.tensor.KernelSource;
import io.kohaku.tensor.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Loads exported files again and looks whether they are whole: that every layer finds its place,
 * every number is finite, the baked checkpoint has the base's tensors, and that it predicts the
 * same noise as the base with the adapter attached the way training attaches it.
 */
public final class Verification {
  /** Largest allowed difference of the two predictions, relative. */
  static final double TOLERANCE = 1e-3;

  private final ModelOptions options;
  private final List<String> problems = new ArrayList<>();
  private int tensors;

  private Verification(ModelOptions options) {
    this.options = options;
  }

  /**
   * Verifies.
   *
   * @param base the checkpoint that was trained on
   * @param adapter the exported LoKr file
   * @param baked both in one, at strength 1
   */
  public static VerifyReport of(Path base, Path adapter, Path baked, ModelOptions options)
      throws IOException {
    Autograd.enterThread();
    return new Verification(options).run(base, adapter, baked);
  }

  private VerifyReport run(Path base, Path adapter, Path baked) throws IOException {
    VerifyReport.Layers layers = layers(base, adapter);
    finite(adapter);
    finite(baked);
    sameTensors(base, baked);
    float[] plain = predict(base, Optional.empty());
    float[] attached = predict(base, Optional.of(adapter));
    float[] together = predict(baked, Optional.empty());
    double difference = ForwardProbe.difference(together, attached);
    if (!(difference <= TOLERANCE)) {
      problems.add(
          "%s predicts otherwise than %s with %s: %.3g (at most %.3g)"
              .formatted(baked, base, adapter, difference, TOLERANCE));
    }
    return new VerifyReport(
        layers, tensors, ForwardProbe.difference(attached, plain), difference, problems);
  }

  private VerifyReport.Layers layers(Path base, Path adapter) {
    try (SdxlCheckpoint checkpoint = SdxlCheckpoint.open(base, Optional.empty(), options);
        LokrFile file = LokrFile.open(adapter)) {
      List<LokrLayer> layers = file.layers(checkpoint.layout().modules().layers());
      return new VerifyReport.Layers(
          count(layers, Network.UNET), count(layers, Network.TE1), count(layers, Network.TE2));
    }
  }

  private static int count(List<LokrLayer> layers, Network network) {
    return (int) layers.stream().filter(layer -> layer.layer().network() == network).count();
  }

  /** Alpha may be infinite: the reference writes it so, and nothing reads it. */
  private void finite(Path path) throws IOException {
    try (WeightKernels kernels = new WeightKernels();
        RawTensors file = RawTensors.open(path)) {
      PartBuffer buffer = new PartBuffer(kernels.manager());
      for (TensorInfo info : file.tensors().values()) {
        if (CheckpointMerge.FLOATING.contains(info.dtype()) && !info.name().endsWith(".alpha")) {
          TensorStatistics numbers = TensorStatistics.of(kernels, buffer, file, info);
          tensors++;
          if (numbers.notFinite() > 0) {
            problems.add(
                "%s of %s has %d numbers that are not finite"
                    .formatted(info.name(), path, numbers.notFinite()));
          }
        }
      }
    }
  }

  private void sameTensors(Path base, Path baked) {
    try (RawTensors before = RawTensors.open(base);
        RawTensors after = RawTensors.open(baked)) {
      problems.addAll(MergeDifferences.of(List.of(before, after)));
    }
  }

  private float[] predict(Path file, Optional<Path> adapter) {
    List<KernelSource> layers =
        adapter.isPresent() ? LokrKernels.layers() : List.of(LayerKernels.PLAIN);
    try (SdxlCheckpoint checkpoint = SdxlCheckpoint.open(file, Optional.empty(), options);
        Sdxl sdxl = Sdxl.open(checkpoint, Device.cpu(), layers)) {
      adapter.ifPresent(path -> AttachedAdapter.attach(sdxl, path, 1));
      return ForwardProbe.run(sdxl);
    }
  }
}
