package io.kohaku.caption;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DateWordsTest {
  private final DateWords card = new DateWords(Recipes.delta().captions());
  private final DateWords corrected = new DateWords(Recipes.defaults().captions());

  @ParameterizedTest
  @CsvSource({
    "2004-12-31T00:00:00.000-05:00, early",
    "2005-01-01T00:00:00.000-05:00, old",
    "2010-12-31T00:00:00.000-05:00, old",
    "2011-01-01T00:00:00.000-05:00, early",
    "2014-06-01T00:00:00.000-04:00, early",
    "2015-06-01T00:00:00.000-04:00, mid",
    "2018-06-01T00:00:00.000-04:00, recent",
    "2021-06-01T00:00:00.000-04:00, newest",
    "2024-12-31T23:59:59.999-05:00, newest",
    "'', early",
    "yesterday, early",
    "Wed Jul 30 00:12:01 -0400 2014, early",
    "Thu Jan 01 00:12:01 -0500 2009, old",
  })
  void theCardsWordsOfYears(String createdAt, String word) {
    assertThat(card.of(createdAt)).contains(word);
  }

  @Test
  void theCardHasNoWordAfter2024AndTheDefaultsNoneForUndatedPosts() {
    assertThat(card.of("2025-01-01T00:00:00.000-05:00")).isEmpty();
    assertThat(corrected.of("2025-01-01T00:00:00.000-05:00")).contains("newest");
    assertThat(corrected.of("")).isEmpty();
    assertThat(corrected.of("2004-01-01T00:00:00.000-05:00")).isEmpty();
  }

  @Test
  void theYearIsReadAsWrittenOrInUtc() {
    String newYearsEve = "2010-12-31T21:00:00.000-05:00";
    assertThat(card.year(newYearsEve)).isEqualTo(2010);
    assertThat(corrected.year(newYearsEve)).isEqualTo(2011);
    assertThat(corrected.year("2010-12-31")).isEqualTo(2010);
    assertThat(corrected.year("2011-01-01T01:00:00.000+02:00")).isEqualTo(2010);
  }

  @Test
  void databasesPutABlankForTheT() {
    for (String offset : new String[] {"-05:00", "-0500", "-05", " -05:00", ".123456-05:00"}) {
      assertThat(corrected.year("2010-12-31 21:00:00" + offset)).as(offset).isEqualTo(2011);
    }
    for (String none : new String[] {"", ".5", "Z", " UTC"}) {
      assertThat(corrected.year("2010-12-31 21:00:00" + none)).as(none).isEqualTo(2010);
    }
    assertThat(corrected.year("2010/12/31 21:00")).isEqualTo(2010);
  }
}
