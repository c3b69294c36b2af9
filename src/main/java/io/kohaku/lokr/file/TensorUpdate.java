package io.kohaku.lokr.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Optional;

/** The change of one tensor of the networks by a stored adapter. */
public sealed interface TensorUpdate permits LayerUpdate, VectorUpdate {
  /** The tensor that is changed. */
  ModuleTensor target();

  /** {@code W + multiplier · change}, float32, of the shape of {@code frozen}. */
  NDArray apply(NDManager scope, NDArray frozen);

  /** The first stored tensor with numbers that are none, and its file, if there is one. */
  Optional<String> spoilt(NDManager manager);
}
