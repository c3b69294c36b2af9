package io.kohaku.train.loop;

import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import java.io.Serializable;

/**
 * How a run ended, as one rank tells it.
 *
 * @param end what ended it
 * @param progress where it stands
 * @param firstLoss loss on the fixed images before the first update of this process
 * @param lastLoss the same at the end
 */
public record TrainOutcome(RunEnd end, Progress progress, double firstLoss, double lastLoss)
    implements Serializable {

  /** The same run, whose result could not be written. */
  public TrainOutcome unsaved(String why) {
    return new TrainOutcome(new RunEnd.StorageFailed(why), progress, firstLoss, lastLoss);
  }

  /** A run that could not begin. */
  public static TrainOutcome unstarted(RunEnd end) {
    return new TrainOutcome(end, Progress.start(LossScale.none()), Double.NaN, Double.NaN);
  }
}
