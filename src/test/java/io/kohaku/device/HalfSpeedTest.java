package io.kohaku.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.settings.Precision;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HalfSpeedTest {
  private static final Cpu PLAIN = new Cpu("Test CPU", 4, 1L << 30, Set.of("avx2"));
  private static final Cpu ABLE = new Cpu("Test CPU", 4, 1L << 30, Set.of("avx512_bf16"));

  @Test
  void aFormatWithoutInstructionsIsToldWithItsFigure() {
    assertThat(HalfSpeed.warning(Precision.BF16, PLAIN, format -> 14.2))
        .hasValue(
            "bf16 products take 14 times as long as fp32 here (no avx512_bf16, amx_bf16): set train.compute=fp32");
    assertThat(HalfSpeed.warning(Precision.FP16, ABLE, format -> 2.55))
        .hasValue(
            "fp16 products take 2.6 times as long as fp32 here (no avx512_fp16, amx_fp16): set train.compute=fp32 and train.adapter-precision=fp32");
  }

  @Test
  void aFormatThatIsNoSlowerThanFp32IsNoTrouble() {
    assertThat(HalfSpeed.warning(Precision.BF16, PLAIN, format -> 1.04)).isEmpty();
  }

  @Test
  void whereNothingLacksNothingIsMeasured() {
    assertThat(HalfSpeed.warning(Precision.BF16, ABLE, HalfSpeedTest::unasked)).isEmpty();
    assertThat(HalfSpeed.warning(Precision.FP32, PLAIN, HalfSpeedTest::unasked)).isEmpty();
  }

  private static double unasked(Precision format) {
    throw new AssertionError("no need to measure " + format);
  }

  @Test
  void aProductInEveryFormatTakesTime() {
    Set<Precision> all = EnumSet.allOf(Precision.class);
    assertThat(Products.seconds(all).values()).hasSize(3).allMatch(seconds -> seconds > 0);
  }
}
