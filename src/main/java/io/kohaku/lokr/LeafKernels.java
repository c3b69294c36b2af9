package io.kohaku.lokr;

import ai.djl.Device;
import io.kohaku.tensor.KernelSource;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TorchScript;

/** The kernels by which this package itself handles trainable tensors, loaded once. */
final class LeafKernels {
  private static final TorchScript SHARED =
      TorchScript.load(
          Natives.manager(Device.cpu()),
          LokrKernels.delta(),
          KernelSource.resource(LeafKernels.class, "leaves.torch"));

  private LeafKernels() {}

  static TorchScript shared() {
    return SHARED;
  }
}
