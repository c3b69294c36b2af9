package io.kohaku.train.loop;

import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import java.io.Serializable;

/**
 * How a run ended, as one rank tells it.
 *
 * @param end what ended it
 * @param progress where it stands
 */
public record TrainOutcome(RunEnd end, Progress progress) implements Serializable {
  /** The loss on the fixed images before the run's first update; not a number if nobody knows. */
  public double firstLoss() {
    return progress.measured().first();
  }

  /** The same when it was last measured. */
  public double lastLoss() {
    return progress.measured().last();
  }

  /** The same run, whose result could not be written. */
  public TrainOutcome unsaved(String why) {
    return new TrainOutcome(new RunEnd.StorageFailed(why), progress);
  }

  /** A run that could not begin. */
  public static TrainOutcome unstarted(RunEnd end) {
    return new TrainOutcome(end, Progress.start(LossScale.none()));
  }
}
