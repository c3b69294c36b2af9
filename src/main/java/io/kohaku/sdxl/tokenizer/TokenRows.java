package io.kohaku.sdxl.tokenizer;

import java.util.Arrays;

/**
 * Token ids cut into rows of 77, as sd-scripts cuts them.
 *
 * <p>A text becomes begin, its first 75, 150 or 225 tokens, end, and padding; then each 75 of the
 * tokens in the middle become a row with begin before and the very last id after them.
 */
public enum TokenRows {
  /** For CLIP-L: padding is the end token. */
  PADDED_WITH_END,
  /**
   * For bigG: padding is 0. A row that is full gets its end, one that is empty begins with it; a
   * single row is left as it is.
   */
  PADDED_WITH_ZERO;

  /** Tokens in a row. */
  public static final int LENGTH = 77;

  /** Tokens of a text in a row, between begin and end. */
  public static final int CONTENT = LENGTH - 2;

  /**
   * The rows of one text.
   *
   * @param text its ids without begin and end
   * @param tokens how many of them count: 75, 150 or 225
   * @return {@code [tokens / 75][77]}
   */
  public long[][] of(ClipTokenizer tokenizer, int[] text, int tokens) {
    if (tokens < CONTENT || tokens % CONTENT != 0) {
      throw new IllegalArgumentException(
          "Invalid number of tokens: %s (must be a multiple of %s)".formatted(tokens, CONTENT));
    }
    long pad = this == PADDED_WITH_END ? tokenizer.endToken() : 0;
    long[] sequence = new long[tokens + 2];
    Arrays.fill(sequence, pad);
    int used = Math.min(tokens, text.length);
    sequence[0] = tokenizer.beginToken();
    for (int i = 0; i < used; i++) {
      sequence[1 + i] = text[i];
    }
    sequence[1 + used] = tokenizer.endToken();
    long[][] rows = new long[tokens / CONTENT][LENGTH];
    for (int i = 0; i < rows.length; i++) {
      rows[i][0] = sequence[0];
      System.arraycopy(sequence, 1 + CONTENT * i, rows[i], 1, CONTENT);
      rows[i][LENGTH - 1] = sequence[sequence.length - 1];
      if (this == PADDED_WITH_ZERO && rows.length > 1) {
        close(rows[i], tokenizer.endToken());
      }
    }
    return rows;
  }

  private static void close(long[] row, long end) {
    if (row[LENGTH - 2] != end && row[LENGTH - 2] != 0) {
      row[LENGTH - 1] = end;
    }
    if (row[1] == 0) {
      row[1] = end;
    }
  }
}
