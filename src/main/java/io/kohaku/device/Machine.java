package io.kohaku.device;

import ai.djl.Device;
import io.kohaku.tensor.Natives;

/** What the machine has to say of a device that computes. */
public final class Machine {
  private Machine() {}

  /** The device with its name and memory, and the libtorch that reaches it, in one line. */
  public static String line(Device device, DeviceWish wish) {
    return "%s; %s, in %s".formatted(named(device), wish.natives(), Natives.folder());
  }

  /** Why libtorch sees {@code seen} GPUs and no more. */
  public static String reason(DeviceWish wish, int seen) {
    return UnseenGpu.here(wish).reason(seen);
  }

  /**
   * What is in the way where libtorch cannot be loaded, in brackets; empty for a build for CPUs.
   */
  public static String unloaded(DeviceWish wish) {
    UnseenGpu unseen = UnseenGpu.here(wish);
    return unseen.libtorch().cuda().isEmpty() ? "" : " (%s)".formatted(unseen.reason(0));
  }

  /** The device with its name and memory. */
  static String named(Device device) {
    if (!device.isGpu()) {
      return "the CPU (%s)".formatted(Cpu.here());
    }
    return "GPU %s (%s)"
        .formatted(
            device.getDeviceId(),
            CudaDriver.find()
                .flatMap(driver -> driver.gpu(device.getDeviceId()))
                .map(gpu -> "%s, %s GiB".formatted(gpu.name(), Cpu.gibibytes(gpu.bytes())))
                .orElse("of which the driver tells nothing"));
  }
}
