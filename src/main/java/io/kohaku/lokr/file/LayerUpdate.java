package io.kohaku.lokr.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.BoundLayer;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.ParameterKernels;
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

  @Override
  public NDArray apply(NDManager scope, NDArray frozen, NDArray sum) {
    return layer.layer().isTransposed()
        ? added(scope, frozen.transpose(), sum.transpose()).transpose()
        : added(scope, frozen, sum);
  }

  private NDArray added(NDManager scope, NDArray frozen, NDArray sum) {
    try (BoundLayer bound = BoundLayer.of(layer.shape(), file.tensors(scope, layer))) {
      bound.put(BoundLayer.WEIGHT, frozen);
      return ParameterKernels.shared()
          .tensor(
              scope,
              "lokr_added",
              bound.tensors(),
              bound.numbers(),
              BoundLayer.NAME,
              sum,
              multiplier);
    }
  }
}
