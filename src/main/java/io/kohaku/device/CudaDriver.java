package io.kohaku.device;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The NVIDIA driver of this machine, asked without libtorch.
 *
 * <p>What it counts is what the process may see: {@code CUDA_VISIBLE_DEVICES} counts.
 */
final class CudaDriver {
  private static final int NAME_BYTES = 256;

  /** The error of a library that has not the driver's functions. */
  private static final int NO_DRIVER = -1;

  private final Calls calls;

  /** The functions of the driver's library; each returns 0, or the number of an error. */
  interface Calls extends Library {
    int cuInit(int flags);

    int cuDriverGetVersion(int[] version);

    int cuDeviceGetCount(int[] count);

    int cuDeviceGet(int[] device, int index);

    int cuDeviceGetName(byte[] name, int length, int device);

    int cuDeviceTotalMem_v2(long[] bytes, int device);
  }

  /**
   * A GPU as the driver tells of it.
   *
   * @param name for example {@code NVIDIA H200}
   * @param bytes of its memory
   */
  record Gpu(String name, long bytes) {}

  CudaDriver(Calls calls) {
    this.calls = calls;
  }

  /** The driver, if its library can be loaded. */
  static Optional<CudaDriver> find() {
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    try {
      return Optional.of(
          new CudaDriver(Native.load(windows ? "nvcuda" : "libcuda.so.1", Calls.class)));
    } catch (UnsatisfiedLinkError e) {
      return Optional.empty();
    }
  }

  /** 0 if the driver works, or the number of its error; 100 means that it sees no GPU. */
  int error() {
    try {
      return calls.cuInit(0);
    } catch (UnsatisfiedLinkError e) {
      return NO_DRIVER;
    }
  }

  /** How many GPUs the process may use. */
  int count() {
    int[] count = new int[1];
    return error() == 0 && calls.cuDeviceGetCount(count) == 0 ? count[0] : 0;
  }

  /** The newest CUDA that the driver can serve, as 12.8; empty if it does not say. */
  Optional<String> cuda() {
    int[] version = new int[1];
    return error() != NO_DRIVER && calls.cuDriverGetVersion(version) == 0 && version[0] > 0
        ? Optional.of(version[0] / 1000 + "." + version[0] % 1000 / 10)
        : Optional.empty();
  }

  /** The GPU of this index, if the driver tells of it. */
  Optional<Gpu> gpu(int index) {
    int[] device = new int[1];
    byte[] name = new byte[NAME_BYTES];
    long[] bytes = new long[1];
    boolean told =
        error() == 0
            && calls.cuDeviceGet(device, index) == 0
            && calls.cuDeviceGetName(name, NAME_BYTES, device[0]) == 0
            && calls.cuDeviceTotalMem_v2(bytes, device[0]) == 0;
    return told ? Optional.of(new Gpu(text(name), bytes[0])) : Optional.empty();
  }

  private static String text(byte[] name) {
    int end = 0;
    while (end < name.length && name[end] != 0) {
      end++;
    }
    return new String(name, 0, end, StandardCharsets.UTF_8);
  }
}
