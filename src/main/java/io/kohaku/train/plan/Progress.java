package io.kohaku.train.plan;

import java.io.Serializable;

/**
 * Where a run stands after an update: all that a resumed run must know besides tensors.
 *
 * @param step updates done, over all epochs; skipped ones count, as in the reference trainer
 * @param epoch the epoch that the next update belongs to, from 0
 * @param update the next update's number within that epoch
 * @param images images learned from
 * @param scheduled updates that moved the learning-rate schedule on: all that were applied
 * @param lossScale the dynamic loss scale
 * @param runningLoss exponentially smoothed loss, for the logs
 * @param skippedMicroBatches micro-batches left out because their loss was not finite
 * @param skippedInRow updates in a row up to here that were not applied
 * @param measured the loss on the fixed images; older checkpoints do not tell
 */
public record Progress(
    long step,
    int epoch,
    int update,
    long images,
    long scheduled,
    LossScale lossScale,
    double runningLoss,
    long skippedMicroBatches,
    int skippedInRow,
    Measured measured)
    implements Serializable {
  /** How much of the smoothed loss an update keeps. */
  private static final double SMOOTHING = 0.98;

  /** Reads what older checkpoints say, too. */
  public Progress {
    measured = measured == null ? Measured.unknown(step) : measured;
  }

  /** Before the first update. */
  public static Progress start(LossScale scale) {
    return new Progress(0, 0, 0, 0, 0, scale, Double.NaN, 0, 0, Measured.NEVER);
  }

  /** After one more update. */
  public Progress after(
      UpdateWalk.Update update, UpdateTotals totals, boolean applied, LossScale scale) {
    double loss = totals.meanLoss();
    double smooth = Double.isNaN(runningLoss) ? loss : runningLoss;
    return new Progress(
        step + 1,
        update.nextEpoch(),
        update.nextNumber(),
        images + totals.images(),
        scheduled + (applied ? 1 : 0),
        scale,
        Double.isFinite(loss) ? SMOOTHING * smooth + (1 - SMOOTHING) * loss : runningLoss,
        skippedMicroBatches + totals.skipped(),
        applied ? 0 : skippedInRow + 1,
        measured);
  }

  /** Updates that were left out, see {@code train.guard}. */
  public long leftOut() {
    return step - scheduled;
  }

  /** At the same update, whose loss on the fixed images is known now. */
  public Progress measured(double loss) {
    return with(lossScale, measured.next(step, loss));
  }

  /** At the same update as the start of another run, which has measured nothing. */
  public Progress branched(LossScale scale) {
    return with(scale, Measured.NEVER);
  }

  private Progress with(LossScale scale, Measured losses) {
    return new Progress(
        step,
        epoch,
        update,
        images,
        scheduled,
        scale,
        runningLoss,
        skippedMicroBatches,
        skippedInRow,
        losses);
  }
}
