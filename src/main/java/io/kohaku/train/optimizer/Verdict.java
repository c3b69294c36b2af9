package io.kohaku.train.optimizer;

import io.kohaku.train.plan.LossScale;

/** What the guard says of the gradients of an update: whether they may reach the adapter. */
public sealed interface Verdict {
  /** Global L2 norm of the gradients before clipping; not a number if there are none. */
  double norm();

  /** The loss scale of the next update. */
  LossScale next(LossScale scale);

  /** They may. */
  record Accepted(double norm) implements Verdict {
    @Override
    public LossScale next(LossScale scale) {
      return scale.afterGoodUpdate();
    }
  }

  /** One of them is not finite. */
  record Overflow(double norm) implements Verdict {
    @Override
    public LossScale next(LossScale scale) {
      return scale.afterOverflow();
    }
  }

  /** They are larger than the settings allow. */
  record TooLarge(double norm) implements Verdict {
    @Override
    public LossScale next(LossScale scale) {
      return scale;
    }
  }

  /** No micro-batch of any rank was learned from. */
  record Empty() implements Verdict {
    @Override
    public double norm() {
      return Double.NaN;
    }

    @Override
    public LossScale next(LossScale scale) {
      return scale;
    }
  }
}
