package io.kohaku.sdxl;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.SegmentPlan;
import io.kohaku.sdxl.layout.VaePlan;
import io.kohaku.sdxl.layout.VaeSizes;
import io.kohaku.sdxl.layout.Weight;
import io.kohaku.sdxl.tape.LayerKernels;
import io.kohaku.sdxl.tape.WeightReader;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.ArraySource;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.ModuleArchive;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The autoencoder's encoder as one model that needs neither this program nor the checkpoint.
 *
 * <p>Its method {@code forward(xs: List[Tensor]) -> List[Tensor]} takes any number of batches, each
 * of images of one size, and gives as many results in the same order. A batch is {@code [n, height,
 * width, 3]} of bytes, red first, or {@code [n, 3, height, width]} of floats from -1 to 1; its
 * result is {@code [n, 8, height / 8, width / 8]}, float32: means, then log variances, unscaled.
 *
 * <p>It runs the functions that {@link Vae} runs, in the same order on the same weights, so a batch
 * gives the same bits on the same device.
 */
public final class VaeExport {
  private static final List<KernelSource> KERNELS =
      List.of(
          LayerKernels.PLAIN,
          LayerKernels.text("norm.torch"),
          LayerKernels.text("vae.torch"),
          LayerKernels.text("vae-export.torch"));

  private static final VaeSizes SDXL =
      new VaeSizes(List.of(128L, 256L, 512L, 512L), 2, VaeSizes.LATENT_CHANNELS);

  private VaeExport() {}

  /**
   * The texts that models are made of, with what SDXL's own encoder does: others may give other
   * latents of the same weights.
   */
  public static List<String> texts() {
    List<String> texts = new ArrayList<>(KERNELS.stream().map(KernelSource::text).toList());
    texts.add(forward(VaePlan.encoder(SDXL)));
    return texts;
  }

  /**
   * Writes the encoder of {@code checkpoint} with weights in {@code dtype}; one tensor at a time is
   * in memory. {@code out} is closed.
   *
   * @return how many tensors it has
   */
  public static int write(SdxlCheckpoint checkpoint, Dtype dtype, OutputStream out)
      throws IOException {
    WeightReader reader = checkpoint.reader(dtype);
    List<SegmentPlan> encoder = checkpoint.layout().encoder();
    SortedMap<String, List<TensorSource>> weights = new TreeMap<>();
    for (int i = 0; i < encoder.size(); i++) {
      weights.put(attribute(i, encoder.get(i)), sources(encoder.get(i), reader, dtype));
    }
    ModuleArchive.write(out, new ModuleArchive.Module(KERNELS, weights, forward(encoder)));
    return weights.values().stream().mapToInt(List::size).sum();
  }

  private static String forward(List<SegmentPlan> encoder) {
    StringBuilder text =
        new StringBuilder(
            """
              def forward(self: __torch__.Model, xs: List[Tensor]) -> List[Tensor]:
                p = annotate(Dict[str, Tensor], {})
                c = annotate(Dict[str, float], {})
                ys = annotate(List[Tensor], [])
                for i in range(torch.len(xs)):
            """);
    text.append(call("exported_input", "xs[i]", "p"));
    for (int i = 0; i < encoder.size(); i++) {
      String weights = "self." + attribute(i, encoder.get(i));
      text.append(call(encoder.get(i).kernel().function(), "x", weights));
    }
    text.append(call("exported_moments", "x", "p"));
    return text.append("      torch.append(ys, x)\n    return ys\n").toString();
  }

  private static String call(String function, String input, String weights) {
    return "      x = __torch__.%s(%s, %s, c)\n".formatted(function, input, weights);
  }

  private static String attribute(int place, SegmentPlan segment) {
    return String.format(Locale.ROOT, "s%02d_%s", place, segment.path().replace('.', '_'));
  }

  private static List<TensorSource> sources(SegmentPlan segment, WeightReader reader, Dtype dtype) {
    if (!segment.constants().isEmpty()) {
      throw new IllegalStateException("Cannot export constants: segment " + segment.path());
    }
    return segment.weights().stream().map(weight -> source(weight, reader, dtype)).toList();
  }

  /** A weight that is read whenever it is written. */
  private static TensorSource source(Weight weight, WeightReader reader, Dtype dtype) {
    return new TensorSource(
        weight.name(),
        dtype,
        weight.keyShape(),
        out -> {
          try (NDManager manager = Natives.manager(Device.cpu())) {
            ArraySource.of(weight.name(), dtype, reader.read(manager, weight.key()))
                .content()
                .writeTo(out);
          }
        });
  }
}
