package io.kohaku.lokr;

import io.kohaku.tensor.script.KernelSource;
import java.util.List;

/** The kernel texts of this package, to be compiled together with those that call them. */
public final class LokrKernels {
  private LokrKernels() {}

  /** {@code lokr_delta}, {@code lokr_weight} and their parts. */
  public static KernelSource delta() {
    return KernelSource.resource(LokrKernels.class, "delta.torch");
  }

  /** {@code linear} and {@code conv} with an adapter below them; calls {@link #delta()}. */
  public static KernelSource adapted() {
    return KernelSource.resource(LokrKernels.class, "adapted.torch");
  }

  /** Both texts, which take the place of the networks' plain ones. */
  public static List<KernelSource> layers() {
    return List.of(delta(), adapted());
  }
}
