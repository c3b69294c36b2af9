package io.kohaku.gpu;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
    return device.isGpu() ? CudaUtils.getGpuMemory(device).getUsed() : status("VmHWM");
  }

  private static long status(String field) {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(field + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
