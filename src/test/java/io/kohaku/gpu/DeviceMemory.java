package io.kohaku.gpu;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import io.kohaku.train.log.ProcessMemory;

/** What a program has taken of its device's memory. */
final class DeviceMemory {
  private DeviceMemory() {}

  /** Gives back what libtorch keeps for later, so that the next peak is the next program's. */
  static void release(Device device) {
    if (device.isGpu()) {
      JniUtils.emptyCudaCache();
    }
  }

  /**
   * Bytes that are taken: of a GPU by all processes, as libtorch keeps what it once took; else the
   * most that this process ever had.
   */
  static long peak(Device device) {
    return device.isGpu()
        ? CudaUtils.getGpuMemory(device).getUsed()
        : (long) (ProcessMemory.peakMegabytes() * (1 << 20));
  }
}
