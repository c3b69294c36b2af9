package io.kohaku.train.plan;

import io.kohaku.settings.Precision;
import java.io.Serializable;

/**
 * The factor that keeps float16 gradients from vanishing, found by trying: doubled after 2000 good
 * updates in a row, halved after an overflow, whose update is skipped (PyTorch's {@code
 * GradScaler}).
 *
 * @param factor what the loss is multiplied by
 * @param goodUpdates good updates since the factor last changed
 * @param dynamic whether the factor moves at all
 */
public record LossScale(double factor, int goodUpdates, boolean dynamic) implements Serializable {
  private static final double INITIAL = 65536;
  private static final int GROWTH_INTERVAL = 2000;

  /** The scale that a run of this precision begins with. */
  public static LossScale of(Precision compute) {
    return compute == Precision.FP16 ? initial() : none();
  }

  /** For float16. */
  public static LossScale initial() {
    return new LossScale(INITIAL, 0, true);
  }

  /** For bfloat16 and float32, which need none. */
  public static LossScale none() {
    return new LossScale(1, 0, false);
  }

  /** After an update with finite gradients. */
  public LossScale afterGoodUpdate() {
    if (!dynamic) {
      return this;
    }
    return goodUpdates + 1 == GROWTH_INTERVAL
        ? new LossScale(factor * 2, 0, true)
        : new LossScale(factor, goodUpdates + 1, true);
  }

  /** After an update that was skipped because a gradient was not finite. */
  public LossScale afterOverflow() {
    return dynamic ? new LossScale(factor / 2, 0, true) : this;
  }
}
