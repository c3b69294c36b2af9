package io.kohaku.lokr.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.tensor.Dtype;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FiniteAlphaTest {

  /** Neighbours in each format: fp16 has 11 binary digits, bf16 has 8, fp32 has 24. */
  @ParameterizedTest
  @CsvSource({
    "F16, 10000, 10000",
    "F16, 10001, 10000",
    "F16, 10006, 10008",
    "F16, 65519, 65504",
    "F16, 1e13, 65504",
    "F16, 1e-30, 0x1p-24",
    "F16, 0x1.8p-15, 0x1.8p-15",
    "BF16, 10000, 9984",
    "BF16, 1e13, 0x1.24p43",
    "BF16, 1e-300, 0x1p-133",
    "F32, 10000, 10000",
    "F32, 16777217, 16777216",
    "F32, 1e300, 0x1.fffffep127",
    "F32, 1e-300, 0x1p-149",
  })
  void isTheNearestNumberThatIsNeitherZeroNorInfinite(Dtype dtype, String given, String stored) {
    double alpha = FiniteAlpha.of(Double.parseDouble(given), dtype);
    assertThat(alpha).isEqualTo(Double.parseDouble(stored));
    assertThat((float) alpha).isPositive().isFinite();
  }
}
