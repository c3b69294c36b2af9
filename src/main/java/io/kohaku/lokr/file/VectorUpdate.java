package io.kohaku.lokr.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.ParameterKernels;
import java.util.Optional;

/**
 * One vector of a stored adapter on its way into a norm's gain or a bias.
 *
 * @param file the adapter
 * @param stored the change
 * @param target what it changes
 * @param multiplier strength: 1 as trained
 */
public record VectorUpdate(
    LokrFile file, StoredVector stored, ModuleTensor target, double multiplier)
    implements TensorUpdate {
  /** Checks that the target has such a vector, of that width. */
  static VectorUpdate of(
      LokrFile file, StoredVector stored, ModuleTensor target, double multiplier) {
    stored.requireFit(target);
    return new VectorUpdate(file, stored, target, multiplier);
  }

  @Override
  public Optional<String> spoilt(NDManager manager) {
    return file.spoilt(manager, stored.tensor().name());
  }

  @Override
  public NDArray apply(NDManager scope, NDArray frozen, NDArray sum) {
    NDArray change = file.tensor(scope, stored);
    return ParameterKernels.shared().tensor(scope, "changed", sum, change, multiplier);
  }
}
