package io.kohaku.lokr;

/**
 * What is left out of each micro-batch at random.
 *
 * @param row probability that one output row of a layer's delta is left out
 * @param layer probability that a layer's delta is left out altogether
 */
public record Dropout(double row, double layer) {
  /** Nothing is left out. */
  public static final Dropout NONE = new Dropout(0, 0);

  /** Checks the probabilities. */
  public Dropout {
    require("row", row);
    require("layer", layer);
  }

  private static void require(String name, double probability) {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "Invalid %s dropout: %s (at least 0, below 1)".formatted(name, probability));
    }
  }
}
