package io.kohaku.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CudaDriverTest {
  /** A driver with one GPU, or one that fails. */
  private record Fake(int error) implements CudaDriver.Calls {
    @Override
    public int cuInit(int flags) {
      return error;
    }

    @Override
    public int cuDriverGetVersion(int[] version) {
      version[0] = 12080;
      return 0;
    }

    @Override
    public int cuDeviceGetCount(int[] count) {
      count[0] = 1;
      return 0;
    }

    @Override
    public int cuDeviceGet(int[] device, int index) {
      device[0] = index + 7;
      return index == 0 ? 0 : 101;
    }

    @Override
    public int cuDeviceGetName(byte[] name, int length, int device) {
      byte[] text = ("NVIDIA Test " + device + "\0garbage").getBytes(StandardCharsets.UTF_8);
      System.arraycopy(text, 0, name, 0, text.length);
      return 0;
    }

    @Override
    public int cuDeviceTotalMem_v2(long[] bytes, int device) {
      bytes[0] = 80L << 30;
      return 0;
    }
  }

  @Test
  void aGpuHasItsNameAndMemory() {
    CudaDriver driver = new CudaDriver(new Fake(0));
    assertThat(driver.count()).isEqualTo(1);
    assertThat(driver.cuda()).hasValue("12.8");
    assertThat(driver.gpu(0)).hasValue(new CudaDriver.Gpu("NVIDIA Test 7", 80L << 30));
    assertThat(driver.gpu(1)).isEmpty();
  }

  @Test
  void aDriverThatFailsShowsNothing() {
    CudaDriver driver = new CudaDriver(new Fake(100));
    assertThat(driver.error()).isEqualTo(100);
    assertThat(driver.count()).isZero();
    assertThat(driver.gpu(0)).isEmpty();
  }
}
