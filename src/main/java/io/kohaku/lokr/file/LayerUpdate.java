package io.kohaku.lokr.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.BoundLayer;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.ParameterKernels;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.NormTensor;
import java.util.List;
import java.util.Optional;

/**
 * One layer of a stored adapter on its way into the layer's weight.
 *
 * @param file the adapter
 * @param layer the layer
 * @param multiplier strength: 1 as trained
 */
public record LayerUpdate(LokrFile file, LokrLayer layer, double multiplier)
    implements TensorUpdate {
  @Override
  public ModuleTensor target() {
    return new ModuleTensor(layer.layer(), NormTensor.GAIN);
  }

  @Override
  public Optional<String> spoilt(NDManager manager) {
    List<String> tensors = file.stored().get(layer.name()).changing();
    return tensors.stream().flatMap(name -> file.spoilt(manager, name).stream()).findFirst();
  }

  /** {@code W + multiplier · delta}, float32, of the shape of {@code weight}. */
  @Override
  public NDArray apply(NDManager scope, NDArray weight) {
    return layer.layer().isTransposed()
        ? changed(scope, weight.transpose()).transpose()
        : changed(scope, weight);
  }

  private NDArray changed(NDManager scope, NDArray weight) {
    try (BoundLayer bound = BoundLayer.of(layer.shape(), file.tensors(scope, layer))) {
      bound.put(BoundLayer.WEIGHT, weight).apply(multiplier, ApplyMode.MERGED);
      return ParameterKernels.shared()
          .tensor(scope, "lokr_weight", bound.tensors(), bound.numbers(), BoundLayer.NAME);
    }
  }
}
