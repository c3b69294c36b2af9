package io.kohaku.benchmark;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The most memory that a piece of work holds at once: what libtorch reserves on a GPU, resident
 * memory of the process on a CPU under Linux.
 */
record PeakMemory(Device device) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  /** Bytes above those before; work must run once beforehand. */
  long of(Runnable work) {
    if (device.isGpu()) {
      JniUtils.emptyCudaCache();
      long before = CudaUtils.getGpuMemory(device).getUsed();
      work.run();
      return CudaUtils.getGpuMemory(device).getUsed() - before;
    }
    try {
      Files.writeString(CLEAR, "5");
      long before = kibibytes("VmRSS:");
      work.run();
      return 1024 * Math.max(0, kibibytes("VmHWM:") - before);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot measure memory: " + e.getMessage(), e);
    }
  }

  private static long kibibytes(String key) throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow();
  }
}
