package io.kohaku.lokr.cost;

import io.kohaku.lokr.shape.ApplyMode;

/**
 * Seconds of one layer, forward and backward, for both ways of applying its update.
 *
 * @param merged with {@code W + delta}
 * @param bypass with the Kronecker factors
 */
public record ModeSeconds(double merged, double bypass) {

  /** The faster way. */
  ApplyMode better() {
    return merged <= bypass ? ApplyMode.MERGED : ApplyMode.BYPASS;
  }

  /** How much longer {@code mode} takes than the faster way: 0 for that one itself. */
  public double excess(ApplyMode mode) {
    double chosen = mode == ApplyMode.MERGED ? merged : bypass;
    return chosen / Math.min(merged, bypass) - 1;
  }
}
