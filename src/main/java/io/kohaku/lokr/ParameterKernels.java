package io.kohaku.lokr;

import ai.djl.Device;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;

/** The kernels by which this package itself handles trainable tensors, loaded once. */
public final class ParameterKernels {
  private static final TorchScript SHARED =
      TorchScript.load(
          Natives.manager(Device.cpu()),
          LokrKernels.delta(),
          KernelSource.resource(ParameterKernels.class, "parameters.torch"));

  private ParameterKernels() {}

  public static TorchScript shared() {
    return SHARED;
  }
}
