package io.kohaku.train.data;

import io.kohaku.sdxl.tokenizer.ClipTokenizer;
import io.kohaku.sdxl.tokenizer.TokenRows;
import java.util.List;

/**
 * Makes token rows of captions: each is encoded once and cut into the rows of either text encoder.
 *
 * @param tokenizer of both text encoders
 * @param tokens tokens of a caption that count: 75, 150 or 225
 */
public record CaptionTokens(ClipTokenizer tokenizer, int tokens) {
  /**
   * Token rows of several captions, one after another.
   *
   * @param rows of each caption
   * @param first of text encoder 1, {@code [captions, rows, 77]}
   * @param second of text encoder 2
   */
  record Ids(int rows, long[] first, long[] second) {}

  /** The rows of these captions. */
  Ids of(List<String> texts) {
    int rows = tokens / TokenRows.CONTENT;
    int size = rows * TokenRows.LENGTH;
    Ids ids = new Ids(rows, new long[texts.size() * size], new long[texts.size() * size]);
    for (int i = 0; i < texts.size(); i++) {
      int[] encoded = tokenizer.encode(texts.get(i));
      copy(TokenRows.PADDED_WITH_END.of(tokenizer, encoded, tokens), ids.first(), i * size);
      copy(TokenRows.PADDED_WITH_ZERO.of(tokenizer, encoded, tokens), ids.second(), i * size);
    }
    return ids;
  }

  private static void copy(long[][] rows, long[] to, int from) {
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(rows[row], 0, to, from + row * TokenRows.LENGTH, TokenRows.LENGTH);
    }
  }
}
