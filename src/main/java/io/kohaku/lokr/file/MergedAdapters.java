package io.kohaku.lokr.file;

import ai.djl.ndarray.NDArray;
import io.kohaku.lokr.ParameterKernels;
import io.kohaku.lokr.shape.NormTensor;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.tape.Finite;
import io.kohaku.tensor.MemoryScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds adapters to the weights of loaded networks: what baking does to a file, in memory.
 *
 * <p>Each weight, gain and bias becomes {@code W + Σ multiplier · (W' − W)}, summed in float32 in
 * the adapters' order and rounded once to the networks' type.
 */
public final class MergedAdapters {
  private MergedAdapters() {}

  /**
   * An adapter to add.
   *
   * @param file an adapter's file, ours or another program's
   * @param multiplier strength: 1 as trained, negative to take it out again
   */
  public record Source(Path file, double multiplier) {}

  /**
   * Changes the weights of {@code sdxl} in place, once and for good.
   *
   * @throws IllegalArgumentException if an adapter has layers that the networks have not, or of
   *     another shape
   * @throws WorthlessResultException if an adapter has numbers that are none
   */
  public static void merge(Sdxl sdxl, List<Source> adapters) {
    try (Closer opened = new Closer()) {
      List<TensorUpdate> updates = new ArrayList<>();
      for (Source adapter : adapters) {
        LokrFile file = opened.add(LokrFile.open(adapter.file()));
        updates.addAll(file.updates(sdxl.modules().changeable(), adapter.multiplier()));
        file.requireChange();
      }
      apply(sdxl, updates);
    }
  }

  /** Changes the tensors that these updates are for, each once. */
  static void apply(Sdxl sdxl, List<? extends TensorUpdate> updates) {
    Map<ModuleTensor, List<TensorUpdate>> byTarget = new LinkedHashMap<>();
    for (TensorUpdate update : updates) {
      byTarget.computeIfAbsent(update.target(), own -> new ArrayList<>()).add(update);
    }
    byTarget.forEach((target, own) -> apply(sdxl, target, own));
  }

  private static void apply(Sdxl sdxl, ModuleTensor target, List<TensorUpdate> updates) {
    try (MemoryScope scope = MemoryScope.open(sdxl.manager())) {
      NDArray stored = tensor(sdxl, target);
      NDArray weight = stored;
      for (TensorUpdate update : updates) {
        weight = update.apply(scope.manager(), stored, weight);
      }
      ParameterKernels.shared().run("assign", stored, weight);
      if (!Finite.all(stored)) {
        for (TensorUpdate update : updates) {
          update.spoilt(scope.manager()).ifPresent(MergedAdapters::refuse);
        }
      }
    }
  }

  private static NDArray tensor(Sdxl sdxl, ModuleTensor target) {
    AdaptableLayer module = target.module();
    return target.tensor() == NormTensor.BIAS
        ? sdxl.bias(module.network(), module.path())
        : sdxl.weight(module.network(), module.path());
  }

  private static void refuse(String spoilt) {
    throw new WorthlessResultException("Cannot add an adapter: " + spoilt);
  }
}
