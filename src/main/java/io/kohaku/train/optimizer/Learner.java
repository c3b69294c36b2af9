package io.kohaku.train.optimizer;

import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.train.plan.LossScale;
import java.io.IOException;

/**
 * Turns the gathered gradients of all ranks into one update.
 *
 * <p>In the reference's order: sum over ranks, undo the loss scale, measure the norm, clip, update,
 * move the loss scale on. An update that is not finite, or larger than the guard allows, is left
 * out and leaves no trace in the optimizer.
 *
 * @param gradients of the adapter
 * @param optimizer over the same parameters
 * @param schedule of the learning rate
 * @param clipNorm greatest norm, 0 for none
 * @param greatestNorm norm above which an update is left out, 0 for none
 */
public record Learner(
    Gradients gradients,
    Optimizer optimizer,
    LearningRate schedule,
    double clipNorm,
    double greatestNorm) {

  /**
   * How an update went.
   *
   * @param norm global L2 norm of the gradients before clipping
   * @param rateFactor what the learning rates were multiplied by
   * @param applied whether the parameters changed
   * @param scale the loss scale of the next update
   */
  public record Result(double norm, double rateFactor, boolean applied, LossScale scale) {}

  /** Gathers what the leaves hold and sums it over all ranks. */
  public void gather(AllReduce ranks) throws IOException {
    gradients.collect();
    gradients.sum(ranks);
  }

  /**
   * One update from the gathered gradients.
   *
   * @param done updates that moved the schedule on so far
   */
  public Result update(LossScale scale, long done) {
    double norm = gradients.scale(1 / scale.factor());
    double factor = schedule.factor(done);
    if (!Double.isFinite(norm)) {
      return new Result(norm, factor, false, scale.afterOverflow());
    }
    if (greatestNorm > 0 && norm > greatestNorm) {
      return new Result(norm, factor, false, scale);
    }
    if (clipNorm > 0) {
      gradients.clip(norm, clipNorm);
    }
    optimizer.step(gradients, factor);
    return new Result(norm, factor, true, scale.afterGoodUpdate());
  }
}
