package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.layout.AdaptableLayer;

/** The frozen weights of the adapted layers. */
@FunctionalInterface
public interface BaseWeights {
  /** The weight of a layer, of any type; belongs to {@code scope} or outlives it. */
  NDArray weight(NDManager scope, AdaptableLayer layer);

  /** Those of these networks. */
  static BaseWeights of(Sdxl sdxl) {
    return (scope, layer) -> sdxl.weight(layer.network(), layer.path());
  }
}
