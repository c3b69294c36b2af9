package io.kohaku.sdxl.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenRowsTest {
  private static final long BEGIN = 49406;
  private static final long END = 49407;

  private final ClipTokenizer tokenizer = ClipTokenizer.open(ClipTokenizerTest.files());

  @Test
  void aShortTextFillsTheFirstRow() {
    assertThat(rows(TokenRows.PADDED_WITH_END, 10, 225))
        .isDeepEqualTo(
            new long[][] {
              row(BEGIN, 1, 10, END, END), row(BEGIN, 0, 0, END, END), row(BEGIN, 0, 0, END, END)
            });
    assertThat(rows(TokenRows.PADDED_WITH_ZERO, 10, 225))
        .isDeepEqualTo(
            new long[][] {
              row(BEGIN, 1, 10, END, 0), row(BEGIN, 0, 0, END, 0), row(BEGIN, 0, 0, END, 0)
            });
  }

  @Test
  void theRowsOfSeventyFourToSeventySixTokensEndAsTheReferencesDo() {
    long[][] rows = rows(TokenRows.PADDED_WITH_ZERO, 74, 225);
    assertThat(rows[0][75]).isEqualTo(END);
    assertThat(rows[0][76]).isZero();
    assertThat(rows[1]).startsWith(BEGIN, END, 0).endsWith(0);
    rows = rows(TokenRows.PADDED_WITH_ZERO, 75, 225);
    assertThat(rows[0]).isEqualTo(row(BEGIN, 1, 75, END, 0));
    assertThat(rows[1]).startsWith(BEGIN, END, 0).endsWith(0);
    rows = rows(TokenRows.PADDED_WITH_ZERO, 76, 225);
    assertThat(rows[0]).isEqualTo(row(BEGIN, 1, 75, END, 0));
    assertThat(rows[1]).isEqualTo(row(BEGIN, 76, 76, END, 0));
    assertThat(rows[2]).startsWith(BEGIN, END, 0).endsWith(0);
  }

  @Test
  void aLongTextIsCut() {
    for (TokenRows padding : TokenRows.values()) {
      assertThat(rows(padding, 300, 225))
          .isDeepEqualTo(
              new long[][] {
                row(BEGIN, 1, 75, END, 0), row(BEGIN, 76, 150, END, 0), row(BEGIN, 151, 225, END, 0)
              });
      assertThat(rows(padding, 80, 75)).isDeepEqualTo(new long[][] {row(BEGIN, 1, 75, END, 0)});
      assertThat(rows(padding, 80, 150)).hasDimensions(2, 77);
    }
  }

  @Test
  void aSingleRowMayBeginWithZero() {
    long[][] rows = TokenRows.PADDED_WITH_ZERO.of(tokenizer, new int[] {0, 5}, 75);
    assertThat(rows[0]).startsWith(BEGIN, 0, 5, END, 0);
    rows = TokenRows.PADDED_WITH_ZERO.of(tokenizer, new int[] {0, 5}, 150);
    assertThat(rows[0]).startsWith(BEGIN, END, 5, END, 0);
  }

  @Test
  void otherLengthsAreRefused() {
    assertThatThrownBy(() -> rows(TokenRows.PADDED_WITH_END, 1, 77))
        .hasMessage("Invalid number of tokens: 77 (must be a multiple of 75)");
  }

  private long[][] rows(TokenRows padding, int count, int tokens) {
    return padding.of(tokenizer, IntStream.rangeClosed(1, count).toArray(), tokens);
  }

  /** Begin, the numbers from first to last (none if 0), end, padding. */
  private static long[] row(long begin, int first, int last, long end, long pad) {
    long[] row = new long[77];
    Arrays.fill(row, pad);
    int at = 0;
    row[at++] = begin;
    for (int id = first; id <= last && first > 0; id++) {
      row[at++] = id;
    }
    row[at] = end;
    return row;
  }
}
