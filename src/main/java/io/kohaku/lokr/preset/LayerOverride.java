package io.kohaku.lokr.preset;

import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an entry of a preset's {@code module_algo_map} or {@code name_algo_map} changes. An entry
 * starts from the network's options, never from those of an entry around it.
 *
 * @param dim rank, for every kernel size; 0 for the network's
 * @param alpha numerator of the scale; 0 for the network's
 * @param factor size of the small block; 0 for the network's
 * @param flags switches turned on or off
 * @param mode how the update meets the input; {@code AUTO} for the network's
 */
record LayerOverride(
    long dim, double alpha, int factor, Map<LokrFlag, Boolean> flags, ApplyMode mode)
    implements Serializable {

  /** Changes nothing. */
  static final LayerOverride NONE = new LayerOverride(0, 0, 0, Map.of(), ApplyMode.AUTO);

  /** Keeps a copy of the switches. */
  LayerOverride {
    flags = Collections.unmodifiableMap(new TreeMap<>(flags)); // In an order that never changes.
  }

  /** The options of a layer whose network says {@code base}. */
  LokrOptions applyTo(LokrOptions base) {
    LokrOptions options =
        base.withRank(dim == 0 ? base.dim() : dim, alpha == 0 ? base.alpha() : alpha)
            .withFactor(factor == 0 ? base.factor() : factor)
            .withMode(mode == ApplyMode.AUTO ? base.mode() : mode);
    for (Map.Entry<LokrFlag, Boolean> flag : flags.entrySet()) {
      options = flag.getValue() ? options.with(flag.getKey()) : options.without(flag.getKey());
    }
    return options;
  }
}
