package io.kohaku.device;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The GPUs that libtorch sees in this process. */
public final class Gpus {
  private static final List<Path> DRIVERS = List.of(Path.of("/dev/nvidiactl"), Path.of("/dev/dxg"));

  private Gpus() {}

  /**
   * Whether there may be any, by the files of NVIDIA's driver, of Linux' own or of the one that
   * Windows lends it; loads no library.
   */
  public static boolean possible() {
    boolean linux = "Linux".equals(System.getProperty("os.name"));
    return !linux || DRIVERS.stream().anyMatch(Files::exists);
  }

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
