package io.kohaku.tensor.script;

import ai.djl.pytorch.jni.IValue;

/** The kernels behind {@link TensorDict}, {@link Scalars} and {@code None}, loaded once. */
final class Dicts {
  private static final TorchScript KERNELS = TorchScript.shared(Dicts.class, "dicts.torch");
  private static final IValue NONE = KERNELS.value("none");

  private Dicts() {}

  static TorchScript kernels() {
    return KERNELS;
  }

  /** The value {@code None}; never closed. */
  static long none() {
    return NONE.getHandle();
  }
}
