package io.kohaku.lokr.cost;

import io.kohaku.lokr.shape.ApplyMode;

/**
 * Seconds of one layer, forward and backward, for both ways of applying its update.
 *
 * @param merged with {@code W + delta}
 * @param factorised with the Kronecker factors
 */
public record ModeSeconds(double merged, double factorised) {

  /** The faster way. */
  public ApplyMode better() {
    return merged <= factorised ? ApplyMode.MERGED : ApplyMode.FACTORISED;
  }

  /** How much longer {@code mode} takes than the faster way: 0 for that one itself. */
  public double excess(ApplyMode mode) {
    double chosen = mode == ApplyMode.MERGED ? merged : factorised;
    return chosen / Math.min(merged, factorised) - 1;
  }
}
