package io.kohaku.tensor.script;

import ai.djl.pytorch.jni.IValue;

/** The kernels behind {@link TensorDict}, {@link Scalars} and {@code None}, loaded once. */
final class Dicts {
  static final TorchScript KERNELS = TorchScript.shared(Dicts.class, "dicts.torch");

  /** The value {@code None}; never closed. */
  static final IValue NONE = KERNELS.value("none");

  private Dicts() {}
}
