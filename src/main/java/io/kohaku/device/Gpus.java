package io.kohaku.device;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;

/** The GPUs that libtorch sees in this process. */
public final class Gpus {
  private Gpus() {}

  /** How many they are; loads libtorch. */
  public static int count() {
    Natives.load();
    return Engine.getEngine("PyTorch").hasCapability("CUDA") ? counted() : 0;
  }

  /** By libtorch's own count, which a build for CPUs does not have. */
  static int counted() {
    try (NDManager manager = Natives.manager(Device.cpu());
        TorchScript script =
            TorchScript.load(manager, KernelSource.resource(Gpus.class, "gpus.torch"))) {
      return (int) script.number("gpus");
    }
  }
}
