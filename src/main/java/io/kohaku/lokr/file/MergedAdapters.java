package io.kohaku.lokr.file;

import ai.djl.ndarray.NDArray;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.ParameterKernels;
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
 * <p>Each layer's weight becomes {@code W + Σ multiplier · delta}, summed in float32 in the
 * adapters' order and rounded once to the networks' type.
 */
public final class MergedAdapters {
  private MergedAdapters() {}

  /**
   * An adapter to add.
   *
   * @param file a LoKr file, ours or LyCORIS'
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
      Map<AdaptableLayer, List<LayerUpdate>> updates = new LinkedHashMap<>();
      for (Source adapter : adapters) {
        LokrFile file = opened.add(LokrFile.open(adapter.file()));
        for (LokrLayer layer : file.layers(sdxl.modules().layers())) {
          updates
              .computeIfAbsent(layer.layer(), own -> new ArrayList<>())
              .add(new LayerUpdate(file, layer, adapter.multiplier()));
        }
        file.requireChange();
      }
      updates.forEach((layer, own) -> merge(sdxl, layer, own));
    }
  }

  private static void merge(Sdxl sdxl, AdaptableLayer layer, List<LayerUpdate> updates) {
    try (MemoryScope scope = MemoryScope.open(sdxl.manager())) {
      NDArray stored = sdxl.weight(layer.network(), layer.path());
      NDArray weight = stored;
      for (LayerUpdate update : updates) {
        weight = update.apply(scope.manager(), weight);
      }
      ParameterKernels.shared().run("assign", stored, weight);
      if (!Finite.all(stored)) {
        for (LayerUpdate update : updates) {
          update.spoilt(scope.manager()).ifPresent(MergedAdapters::refuse);
        }
      }
    }
  }

  private static void refuse(String spoilt) {
    throw new WorthlessResultException("Cannot add an adapter: " + spoilt);
  }
}
