package io.kohaku.weights;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.ownership.Closer;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.List;

/** The kernels of this package with the adapter's formula, and memory to run them in. */
public final class WeightKernels implements AutoCloseable {
  private final NDManager manager = Natives.manager(Device.cpu());
  private final TorchScript kernels;

  public WeightKernels() {
    Autograd.enterThread();
    try (Closer opening = new Closer()) {
      opening.add(manager);
      this.kernels =
          TorchScript.load(
              manager,
              List.of(
                  LokrKernels.delta(),
                  KernelSource.resource(WeightKernels.class, "weights.torch")));
      opening.release();
    }
  }

  public NDManager manager() {
    return manager;
  }

  public TorchScript kernels() {
    return kernels;
  }

  @Override
  public void close() {
    manager.close();
  }
}
