package io.kohaku.train.plan;

import java.io.Serializable;

/**
 * What the loss on the fixed images was.
 *
 * @param first before the run's first update; not a number if nobody knows
 * @param last when it was last measured
 * @param step updates done by then, -1 if it never was
 */
public record Measured(double first, double last, long step) implements Serializable {
  /** Nothing was measured. */
  static final Measured NEVER = unknown(-1);

  /** Of a checkpoint that does not tell: at its update, with losses that nobody knows. */
  static Measured unknown(long step) {
    return new Measured(Double.NaN, Double.NaN, step);
  }

  /** After one more measurement. */
  Measured next(long now, double loss) {
    return new Measured(step < 0 ? loss : first, loss, now);
  }
}
