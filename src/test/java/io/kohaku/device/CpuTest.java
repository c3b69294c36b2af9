package io.kohaku.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.settings.Precision;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CpuTest {
  private static Cpu with(String... flags) {
    return new Cpu("Test CPU", 4, 3L << 30, Set.of(flags));
  }

  @Test
  void modelAndInstructionsAreReadFromLinux() {
    Cpu intel =
        Cpu.of(
            List.of(
                "processor\t: 0",
                "model name\t: Intel(R) Xeon(R) 8480+",
                "flags\t\t: fpu avx2 avx512_bf16 amx_bf16",
                "processor\t: 1",
                "model name\t: another"));
    assertThat(intel.model()).isEqualTo("Intel(R) Xeon(R) 8480+");
    assertThat(intel.has(Precision.BF16)).containsExactly("avx512_bf16", "amx_bf16");
    Cpu arm = Cpu.of(List.of("Features\t: fp asimd fphp bf16"));
    assertThat(arm.model()).isEqualTo(System.getProperty("os.arch"));
    assertThat(arm.lacks(Precision.BF16)).isFalse();
    assertThat(arm.lacks(Precision.FP16)).isFalse();
  }

  @Test
  void aFormatWithoutAnyOfItsInstructionsIsLacking() {
    assertThat(with("avx2").lacks(Precision.BF16)).isTrue();
    assertThat(with("avx2").lacks(Precision.FP32)).isFalse();
    assertThat(with("avx512_bf16").lacks(Precision.BF16)).isFalse();
    assertThat(with("avx512_bf16").lacks(Precision.FP16)).isTrue();
    assertThat(with("amx_fp16").lacks(Precision.FP16)).isFalse();
    assertThat(with().lacks(Precision.BF16)).as("nothing tells").isFalse();
    assertThat(with("avx2").wanted(Precision.BF16)).isEqualTo("avx512_bf16, amx_bf16");
    assertThat(with("asimd").wanted(Precision.FP16)).isEqualTo("fphp");
  }

  @Test
  void itIsToldInOneLine() {
    assertThat(with()).hasToString("Test CPU, 4 threads, 3.0 GiB");
    assertThat(Cpu.here().bytes()).isPositive();
  }
}
