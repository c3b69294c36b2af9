package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernel texts of the networks, and the seam for adapters.
 *
 * <p>The functions {@code linear(x, p, c, name)} and {@code conv(x, p, c, name, stride, padding)}
 * come from texts that the caller gives: {@link #PLAIN}, or others with the same signatures, which
 * find the layer's tensors in {@code p} and numbers in {@code c} as {@code name.<suffix>}.
 */
public final class LayerKernels {
  /** The layers of the frozen networks as they are. */
  public static final KernelSource PLAIN = text("plain.torch");

  private static final List<String> TEXTS =
      List.of(
          "segment.torch",
          "embedding.torch",
          "residual.torch",
          "transformer.torch",
          "text.torch",
          "vae.torch");

  private LayerKernels() {}

  /** Compiles the networks' kernels over {@code layers}; closed with {@code manager}. */
  public static TorchScript load(
      NDManager manager, List<KernelSource> layers, KernelOptions options) {
    List<KernelSource> sources = new ArrayList<>(layers);
    sources.add(options.norm());
    TEXTS.forEach(name -> sources.add(text(name)));
    return TorchScript.load(manager, sources);
  }

  public static KernelSource text(String name) {
    return KernelSource.resource(LayerKernels.class, name);
  }
}
