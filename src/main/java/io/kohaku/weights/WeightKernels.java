package io.kohaku.weights;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.TorchScript;

/** The kernels of this package, and memory to run them in. */
public final class WeightKernels implements AutoCloseable {
  private static final TorchScript SHARED =
      TorchScript.shared(WeightKernels.class, "weights.torch");

  private final NDManager manager;

  public WeightKernels() {
    Autograd.enterThread();
    this.manager = Natives.manager(Device.cpu());
  }

  public NDManager manager() {
    return manager;
  }

  public TorchScript kernels() {
    return SHARED;
  }

  @Override
  public void close() {
    manager.close();
  }
}
