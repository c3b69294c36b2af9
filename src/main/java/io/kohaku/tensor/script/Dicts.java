package io.kohaku.tensor.script;

import ai.djl.Device;
import ai.djl.pytorch.jni.IValue;
import io.kohaku.tensor.Natives;

/** The kernels behind {@link TensorDict}, {@link Scalars} and {@code None}, loaded once. */
final class Dicts {
  private static final TorchScript KERNELS = load();
  private static final IValue NONE = KERNELS.value("none");

  private Dicts() {}

  static TorchScript kernels() {
    return KERNELS;
  }

  /** The value {@code None}; never closed. */
  static long none() {
    return NONE.getHandle();
  }

  private static TorchScript load() {
    return TorchScript.load(
        Natives.manager(Device.cpu()), KernelSource.resource(Dicts.class, "dicts.torch"));
  }
}
