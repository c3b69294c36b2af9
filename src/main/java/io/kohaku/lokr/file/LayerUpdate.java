package io.kohaku.lokr.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.BoundLayer;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.ParameterKernels;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.tape.Finite;
import io.kohaku.tensor.MemoryScope;
import java.util.Optional;

/**
 * One layer of a stored adapter on its way into the layer's weight.
 *
 * @param file the adapter
 * @param layer the layer
 * @param multiplier strength: 1 as trained
 */
public record LayerUpdate(LokrFile file, LokrLayer layer, double multiplier) {
  /** The first stored tensor with numbers that are none, and its file, if there is one. */
  public Optional<String> spoilt(NDManager manager) {
    StoredLayer stored = file.stored().get(layer.name());
    for (ParameterSpec parameter : layer.shape().parameters()) {
      String name = layer.tensor(parameter);
      try (MemoryScope scope = MemoryScope.open(manager)) {
        if (stored.has(parameter.tensor()) && !Finite.all(file.tensor(scope.manager(), name))) {
          return Optional.of(
              "tensor %s of the adapter %s has numbers that are none".formatted(name, file.file()));
        }
      }
    }
    return Optional.empty();
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
