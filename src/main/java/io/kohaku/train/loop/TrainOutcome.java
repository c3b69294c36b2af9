package io.kohaku.train.loop;

import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import java.io.Serializable;

/**
 * How a run ended, as one rank tells it.
 *
 * @param end what ended it
 * @param message why, where it failed
 * @param progress where it stands
 * @param firstLoss loss on the fixed images before the first update of this process
 * @param lastLoss the same at the end
 */
public record TrainOutcome(
    End end, String message, Progress progress, double firstLoss, double lastLoss)
    implements Serializable {

  /** The same run, whose result could not be written. */
  public TrainOutcome unsaved(String why) {
    return new TrainOutcome(End.STORAGE_FAILED, why, progress, firstLoss, lastLoss);
  }

  /** A run that could not begin. */
  public static TrainOutcome unstarted(End end, String why) {
    return new TrainOutcome(end, why, Progress.start(LossScale.none()), Double.NaN, Double.NaN);
  }

  /** What ended a run. */
  public enum End {
    /** All updates are done. */
    FINISHED,
    /** It was asked to end; a checkpoint was written. */
    STOPPED,
    /** Reading or writing failed; started again, it goes on where it was saved. */
    STORAGE_FAILED,
    /** It cannot go on, and trying again would not help. */
    FAILED
  }
}
