package io.kohaku.post;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.settings.posts.RatingLetters;
import java.math.BigDecimal;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

/** Values as pandas, Python, databases and people write them. */
class WrittenValuesTest {
  private static UTF8String text(String text) {
    return UTF8String.fromString(text);
  }

  @Test
  void wholeNumbersMayBeWrittenAsFractions() {
    for (String six : new String[] {"600", " 600 ", "600.0", "6e2", "6.00E+2", "+600", "600."}) {
      assertThat(WrittenNumber.whole(six, -1)).as(six).isEqualTo(600);
    }
    assertThat(WrittenNumber.whole("9007199254740993.0", -1)).isEqualTo(9007199254740993L);
    assertThat(WrittenNumber.whole("" + -Long.MAX_VALUE, -1)).isEqualTo(-Long.MAX_VALUE);
    assertThat(WrittenNumber.whole(600.0, -1)).isEqualTo(600);
    assertThat(WrittenNumber.whole(-0.0, -1)).isZero();
    for (String nothing : new String[] {"", "  ", "NaN", "nan", "None", "null", "<NA>", "NaT"}) {
      assertThat(WrittenNumber.whole(nothing, -7)).as(nothing).isEqualTo(-7);
    }
    assertThat(WrittenNumber.whole(Double.NaN, -7)).isEqualTo(-7);
  }

  @Test
  void whatIsNotWholeIsAnErrorHoweverLong() {
    for (String wrong :
        new String[] {
          "4.5",
          "1e-3",
          "1e400",
          "1e999999999",
          "1e-999999999",
          "9223372036854775808",
          "-9223372036854775808",
          "0x10",
          "1,000",
          "Infinity",
          "6d",
          "six",
          "1".repeat(1 << 20),
          "1e99999999999999999999"
        }) {
      assertThatThrownBy(() -> WrittenNumber.whole(wrong, 0))
          .isInstanceOf(NumberFormatException.class);
    }
    for (double wrong : new double[] {4.5, 0x1p63, -0x1p64, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> WrittenNumber.whole(wrong, 0))
          .isInstanceOf(NumberFormatException.class);
    }
  }

  @Test
  void flagsAreWordsLettersOrNumbers() {
    for (String yes : new String[] {"true", "True", "TRUE", "t", "1", "1.0", " true "}) {
      assertThat(WrittenFlag.of(yes)).as(yes).contains(true);
    }
    for (String no : new String[] {"false", "False", "f", "0", "0.0", "", "null", "NaN"}) {
      assertThat(WrittenFlag.of(no)).as(no).contains(false);
    }
    for (String wrong : new String[] {"2", "0.5", "maybe", "tru"}) {
      assertThat(WrittenFlag.of(wrong)).as(wrong).isEmpty();
    }
  }

  @Test
  void theDayOfADateIsItsStart() {
    for (String date :
        new String[] {
          "2023-01-02T03:04:05.000-05:00",
          "2023-01-02 03:04:05",
          "2023-01-02",
          "2023/01/02 03:04",
          "2023.01.02"
        }) {
      assertThat(WrittenDate.day(text(date))).as(date).contains(text("2023-01-02"));
    }
    for (String none : new String[] {"", "2023", "Wed Jul 30 2014", "２０２３-01-02", "20230102 03"}) {
      assertThat(WrittenDate.day(text(none))).as(none).isEmpty();
    }
  }

  @Test
  void aNumbersSizeTellsTheUnitOfADate() {
    String date = "2022-02-03T04:04:05Z";
    for (String zeros : new String[] {"", "000", "000000", "000000000", ".0", "e3", "e6"}) {
      assertThat(WrittenDate.ofEpoch(new BigDecimal("1643861045" + zeros))).hasToString(date);
    }
    assertThat(WrittenDate.ofEpoch(new BigDecimal("1620284889.5")))
        .hasToString("2021-05-06T07:08:09.500Z");
    assertThat(WrittenDate.ofEpoch(new BigDecimal("1620284889123456")))
        .hasToString("2021-05-06T07:08:09.123456Z");
    assertThat(WrittenDate.ofEpoch(new BigDecimal("-0.5"))).hasToString("1969-12-31T23:59:59.500Z");
    assertThat(WrittenDate.ofEpoch(new BigDecimal("-1e-999999999")))
        .hasToString("1970-01-01T00:00:00Z");
    assertThat(WrittenDate.ofEpoch(BigDecimal.valueOf(Long.MAX_VALUE)).toString())
        .startsWith("2262-04-11");
    for (String far : new String[] {"1e19", "-1e300", "1e999999999"}) {
      assertThatThrownBy(() -> WrittenDate.ofEpoch(new BigDecimal(far)))
          .isInstanceOf(NumberFormatException.class);
    }
  }

  @Test
  void suchNumbersMayBeTexts() {
    for (String digits :
        new String[] {"1580515200", "1580515200000", "1580515200000000", "1580515200000000000"}) {
      assertThat(WrittenDate.ofText(UTF8String.fromString(digits)))
          .as(digits)
          .hasToString("2020-02-01T00:00:00Z");
    }
    for (String text :
        new String[] {
          "2020-02-01", "20200201", "158051520x", "9999999999999999999", "20200201000"
        }) {
      assertThat(WrittenDate.ofText(UTF8String.fromString(text))).hasToString(text);
    }
  }

  @Test
  void ratingsMayBeCodesAsTexts() {
    assertThat(Rating.ofSource("1", RatingLetters.SQE)).isEqualTo(Rating.SENSITIVE);
    assertThatThrownBy(() -> Rating.ofSource("4", RatingLetters.SQE))
        .hasMessage("Invalid rating: 4 (one of 0, 1, 2, 3)");
  }

  @Test
  void aHashIsOneOrNothing() {
    String hash = "0123456789abcdef0123456789abcdef";
    assertThat(FileHash.of(text(hash))).hasToString(hash);
    assertThat(FileHash.of(text(hash.toUpperCase(java.util.Locale.ROOT)))).hasToString(hash);
    assertThat(FileHash.of(text(" " + hash))).hasToString(hash);
    for (String nothing : new String[] {"", " ", "None", "null", "nan", " ".repeat(32)}) {
      assertThat(FileHash.of(text(nothing))).as(nothing).isNull();
    }
    assertThat(FileHash.of(null)).isNull();
  }
}
