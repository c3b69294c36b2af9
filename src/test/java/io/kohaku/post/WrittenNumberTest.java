package io.kohaku.post;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrittenNumberTest {
  @ParameterizedTest
  @CsvSource({
    "600, 600",
    "600.0, 600",
    "6e2, 600",
    "-0, 0",
    "-0.0, 0",
    "0e999999999, 0",
    "9007199254740993, 9007199254740993",
    "9007199254740993.0, 9007199254740993",
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775807, -9223372036854775807",
    "NaN, 7",
    "null, 7"
  })
  void textsGiveTheirNumber(String text, long number) {
    assertThat(WrittenNumber.whole(text, 7)).isEqualTo(number);
  }

  @ParameterizedTest
  @CsvSource({
    "4.5, must be a whole number",
    "1e-999999999, must be a whole number",
    "Infinity, must be a whole number",
    "three, must be a whole number",
    "9223372036854775808, must be between -2^63 and 2^63",
    "-9223372036854775808, must be between -2^63 and 2^63",
    "1e400, must be between -2^63 and 2^63",
    "-1e2147483647, must be between -2^63 and 2^63"
  })
  void textsThatAreNoneSayWhy(String text, String rule) {
    assertThatThrownBy(() -> WrittenNumber.whole(text, 7))
        .isInstanceOf(NumberFormatException.class)
        .hasMessage(rule);
  }

  @Test
  void fractionsGiveTheirNumberAsLongAsItIsExact() {
    assertThat(WrittenNumber.whole(-0.0, 7)).isZero();
    assertThat(WrittenNumber.whole(Double.NaN, 7)).isEqualTo(7);
    assertThat(WrittenNumber.whole(0x1p53, 7)).isEqualTo(1L << 53);
    for (double beyond : new double[] {0x1p53 + 2, -0x1p63, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> WrittenNumber.whole(beyond, 7)).hasMessageContaining("at most 2^53");
    }
    assertThatThrownBy(() -> WrittenNumber.whole(4.5, 7)).hasMessage("must be a whole number");
  }
}
