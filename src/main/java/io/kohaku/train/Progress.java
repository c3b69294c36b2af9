package io.kohaku.train;

/**
 * Where a run stands after an update: all that a resumed run must know besides tensors.
 *
 * @param step updates done, over all epochs; skipped ones count, as in the reference trainer
 * @param epoch the epoch that the next update belongs to, from 0
 * @param update the next update's number within that epoch
 * @param images images seen
 * @param scheduled updates that moved the learning-rate schedule on: all but those skipped for an
 *     overflow
 * @param lossScale what the loss is multiplied by, and how many updates in a row were finite
 * @param runningLoss exponentially smoothed loss, for the logs
 * @param skippedMicroBatches micro-batches left out because they were not finite
 */
public record Progress(
    long step,
    int epoch,
    int update,
    long images,
    long scheduled,
    Scale lossScale,
    double runningLoss,
    long skippedMicroBatches) {

  /** The state of the dynamic loss scale. */
  public record Scale(double value, int goodSteps) {}
}
