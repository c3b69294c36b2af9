package io.kohaku.lokr.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Optional;

/** The change of one tensor of the networks by a stored adapter. */
public sealed interface TensorUpdate permits LayerUpdate, VectorUpdate {
  /** The tensor that is changed. */
  ModuleTensor target();

  /**
   * {@code sum + multiplier · (W' − W)}, float32, where W' is what the update makes of W alone: a
   * strength is linear, and adapters do not change each other's change.
   *
   * @param frozen W, as it was before any update
   * @param sum what the updates before this one made of it, at first {@code frozen} itself
   */
  NDArray apply(NDManager scope, NDArray frozen, NDArray sum);

  /** The first stored tensor with numbers that are none, and its file, if there is one. */
  Optional<String> spoilt(NDManager manager);
}
