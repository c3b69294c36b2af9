package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.layout.AdaptableLayer;
import java.util.Map;

/** Where tensors and numbers join a layer of a network. */
@FunctionalInterface
public interface AdapterSeam {
  /**
   * Adds tensors and numbers to a layer, each under the layer's path, a dot and its suffix.
   *
   * @param layer the layer
   * @param tensors trainable tensors and masks by suffix; they stay the adapter's own
   * @param constants numbers by suffix
   */
  void attach(AdaptableLayer layer, Map<String, NDArray> tensors, Map<String, Double> constants);

  /** The layers of these networks. */
  static AdapterSeam of(Sdxl sdxl) {
    return (layer, tensors, constants) ->
        sdxl.attach(layer.network(), layer.path(), tensors, constants);
  }
}
