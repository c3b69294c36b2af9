package io.kohaku.sample.prompt;

import java.util.List;

/**
 * Up to {@value #LENGTH} tokens with their weights: one row of the text encoders.
 *
 * @param tokens ids without begin and end
 * @param weights one for each token
 */
public record PromptChunk(List<Integer> tokens, List<Double> weights) {
  /** Tokens of a full chunk. */
  public static final int LENGTH = 75;

  public PromptChunk {
    tokens = List.copyOf(tokens);
    weights = List.copyOf(weights);
    if (tokens.size() > LENGTH || tokens.size() != weights.size()) {
      throw new IllegalArgumentException(
          "Invalid chunk: %s tokens, %s weights (must be equal and at most %s)"
              .formatted(tokens.size(), weights.size(), LENGTH));
    }
  }

  /** A chunk without words. */
  public static PromptChunk empty() {
    return new PromptChunk(List.of(), List.of());
  }

  /**
   * The row of token ids {@code [77]}: begin, the tokens, end, and padding.
   *
   * @param pad the encoder's padding
   */
  public long[] row(int begin, int end, int pad) {
    long[] row = new long[LENGTH + 2];
    row[0] = begin;
    for (int i = 1; i < row.length; i++) {
      row[i] = i <= tokens.size() ? tokens.get(i - 1) : i == tokens.size() + 1 ? end : pad;
    }
    return row;
  }

  /** The weights of that row {@code [77]}: 1 but for the tokens. */
  public float[] rowWeights() {
    float[] row = new float[LENGTH + 2];
    for (int i = 0; i < row.length; i++) {
      row[i] = i > 0 && i <= weights.size() ? weights.get(i - 1).floatValue() : 1;
    }
    return row;
  }
}
