package io.kohaku.train;

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
  TrainOutcome unsaved(String why) {
    return new TrainOutcome(End.UNSAVED, why, progress, firstLoss, lastLoss);
  }

  /** What ended a run. */
  public enum End {
    /** All updates are done. */
    FINISHED,
    /** It was asked to end; a checkpoint was written. */
    STOPPED,
    /**
     * It cannot write, for want of room or rights; started again, it goes on where it was saved.
     */
    UNSAVED,
    /** It cannot go on, and trying again would not help. */
    FAILED
  }
}
