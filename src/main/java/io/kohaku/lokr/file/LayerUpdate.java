package io.kohaku.lokr.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.BoundLayer;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.ParameterKernels;
import io.kohaku.lokr.shape.ApplyMode;
import java.util.Optional;

/**
 * One layer of a stored adapter on its way into the layer's weight.
 *
 * @param file the adapter
 * @param layer the layer
 * @param multiplier strength: 1 as trained
 */
public record LayerUpdate(LokrFile file, LokrLayer layer, double multiplier) {
  /** The stored tensor, and its file, that makes the weight numbers that are none, if one does. */
  public Optional<String> spoilt(NDManager manager) {
    return file.spoilt(manager, layer);
  }

  /** {@code W + multiplier · delta}, float32, of the shape of {@code weight}. */
  public NDArray apply(NDManager scope, NDArray weight) {
    try (BoundLayer bound = BoundLayer.of(layer.shape(), file.tensors(scope, layer))) {
      bound.put(BoundLayer.WEIGHT, weight).apply(multiplier, ApplyMode.MERGED);
      return ParameterKernels.shared()
          .tensor(scope, "lokr_weight", bound.tensors(), bound.numbers(), BoundLayer.NAME);
    }
  }
}
