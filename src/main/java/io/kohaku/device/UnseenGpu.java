package io.kohaku.device;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Why libtorch does not see a GPU that should be here: what was looked at.
 *
 * @param libtorch of this process
 * @param driver what it says; empty if its library cannot be loaded
 * @param node whether the machine has a device file of a GPU
 * @param visible the value of {@code CUDA_VISIBLE_DEVICES}, if it is set
 */
record UnseenGpu(
    Libtorch libtorch, Optional<Driver> driver, boolean node, Optional<String> visible) {
  private static final Path NODE = Path.of("/dev/nvidia0");

  /**
   * What the driver says.
   *
   * @param error 0, or the number of its error
   * @param count of GPUs that it shows this process
   * @param cuda the newest CUDA that it serves
   */
  record Driver(int error, int count, Optional<String> cuda) {
    static Driver of(CudaDriver driver) {
      return new Driver(driver.error(), driver.count(), driver.cuda());
    }
  }

  /** Looks at this process and its machine. */
  static UnseenGpu here(DeviceWish wish) {
    return new UnseenGpu(
        wish.natives(),
        CudaDriver.find().map(Driver::of),
        Files.exists(NODE),
        Optional.ofNullable(System.getenv("CUDA_VISIBLE_DEVICES")));
  }

  /** Whether the driver or the machine's files show a GPU. */
  boolean present() {
    return node || driver.isPresent() && driver.get().count > 0;
  }

  /**
   * The likeliest reason.
   *
   * @param seen how many GPUs libtorch sees
   */
  String reason(int seen) {
    if (libtorch.cuda().isEmpty()) {
      return libtorch.origin() == Libtorch.Origin.SETTING
          ? libtorch + " has no CUDA: install a build for CUDA 12.x of the same version"
          : libtorch
              + " has no CUDA: build with -Dgpu, or name an installed PyTorch by cluster.libtorch";
    }
    if (driver.isEmpty()) {
      return "no NVIDIA driver: libcuda.so.1 cannot be loaded, and there is %s"
          .formatted(
              node ? NODE + ", so the container lacks the driver's libraries" : "no " + NODE);
    }
    Driver told = driver.get();
    if (visible.isPresent() && told.count <= seen) {
      return "CUDA_VISIBLE_DEVICES=%s leaves this process %s GPUs"
          .formatted(visible.get(), told.count);
    }
    if (told.error != 0) {
      return "the NVIDIA driver answers with error " + told.error;
    }
    return told.count > seen
        ? "the NVIDIA driver shows %s GPUs and serves CUDA %s, libtorch is built for CUDA %s"
            .formatted(told.count, told.cuda.orElse("?"), libtorch.cuda().get())
        : "this process has %s GPUs, counted from 0; the discovery script must count alike"
            .formatted(told.count);
  }
}
