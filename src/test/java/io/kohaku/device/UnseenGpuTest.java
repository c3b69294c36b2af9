package io.kohaku.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnseenGpuTest {
  private static final Libtorch CPU =
      new Libtorch("2.7.1", "cpu", Optional.empty(), Libtorch.Origin.JAR);
  private static final Libtorch CUDA =
      new Libtorch("2.7.1+cu126", "cu128", Optional.of("12.6"), Libtorch.Origin.SETTING);
  private static final Optional<String> UNSET = Optional.empty();

  private static Optional<UnseenGpu.Driver> driver(int error, int count) {
    return Optional.of(new UnseenGpu.Driver(error, count, Optional.of("12.4")));
  }

  @Test
  void nativesWithoutCudaAreTheFirstReason() {
    assertThat(new UnseenGpu(CPU, Optional.empty(), false, UNSET).reason(0))
        .isEqualTo(
            "libtorch 2.7.1 (the jar's cpu natives) has no CUDA: build with -Dgpu, or name an installed PyTorch by cluster.libtorch");
    Libtorch wheel = new Libtorch("2.7.1+cpu", "cpu", Optional.empty(), Libtorch.Origin.SETTING);
    assertThat(new UnseenGpu(wheel, driver(0, 1), true, UNSET).reason(0))
        .isEqualTo(
            "libtorch 2.7.1+cpu (cluster.libtorch, by the jar's cpu JNI library) has no CUDA: install a build for CUDA 12.x of the same version");
  }

  @Test
  void aMissingDriverIsToldWithWhatElseIsThere() {
    assertThat(new UnseenGpu(CUDA, Optional.empty(), false, UNSET).reason(0))
        .isEqualTo("no NVIDIA driver: libcuda.so.1 cannot be loaded, and there is no /dev/nvidia0");
    assertThat(new UnseenGpu(CUDA, Optional.empty(), true, UNSET).reason(0))
        .isEqualTo(
            "no NVIDIA driver: libcuda.so.1 cannot be loaded, and there is /dev/nvidia0, so the container lacks the driver's libraries");
  }

  @Test
  void whatHidesGpusIsNamed() {
    Optional<String> hides = Optional.of("");
    assertThat(new UnseenGpu(CUDA, driver(100, 0), true, hides).reason(0))
        .isEqualTo("CUDA_VISIBLE_DEVICES= leaves this process 0 GPUs");
    assertThat(new UnseenGpu(CUDA, driver(0, 2), true, Optional.of("0,1")).reason(2))
        .isEqualTo("CUDA_VISIBLE_DEVICES=0,1 leaves this process 2 GPUs");
  }

  @Test
  void theDriversOwnWordComesLast() {
    assertThat(new UnseenGpu(CUDA, driver(802, 0), true, UNSET).reason(0))
        .isEqualTo("the NVIDIA driver answers with error 802");
    assertThat(new UnseenGpu(CUDA, driver(0, 2), true, Optional.of("0,1")).reason(0))
        .isEqualTo(
            "the NVIDIA driver shows 2 GPUs and serves CUDA 12.4, libtorch is built for CUDA 12.6");
    assertThat(new UnseenGpu(CUDA, driver(0, 2), true, UNSET).reason(2))
        .isEqualTo(
            "this process has 2 GPUs, counted from 0; the discovery script must count alike");
  }

  @Test
  void aGpuIsThereIfTheDriverOrItsFileShowsOne() {
    assertThat(new UnseenGpu(CPU, Optional.empty(), true, UNSET).present()).isTrue();
    assertThat(new UnseenGpu(CPU, driver(0, 1), false, UNSET).present()).isTrue();
    assertThat(new UnseenGpu(CPU, driver(100, 0), false, UNSET).present()).isFalse();
  }
}
