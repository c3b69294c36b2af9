package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDManager;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.TrainSettings;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.UpdateTotals;
import java.io.IOException;
import java.util.List;

/**
 * Turns the gathered gradients of all ranks into one update.
 *
 * <p>In the reference's order: sum over ranks, undo the loss scale, measure the norm, clip, update.
 * An update that is not finite, or larger than the guard allows, leaves no trace in the optimizer.
 *
 * @param gradients of the adapter
 * @param optimizer over the same parameters
 * @param schedule of the learning rate
 * @param clipNorm greatest norm, 0 for none
 * @param greatestNorm norm above which an update is left out, 0 for none
 */
public record OptimizerStep(
    Gradients gradients,
    Optimizer optimizer,
    LearningRate schedule,
    double clipNorm,
    double greatestNorm)
    implements AutoCloseable {

  /** The step of these groups, on the device of {@code parent}, in a run of so many updates. */
  public static OptimizerStep open(
      TrainSettings settings, NDManager parent, List<RateGroup> groups, long updates) {
    TrainSettings.OptimizerSettings wanted = settings.optimizer();
    TrainSettings.Schedule schedule = settings.schedule();
    LearningRate rate =
        new LearningRate(schedule.curve(), schedule.warmup(), updates, schedule.stepsPerUpdate());
    OptimizerOptions options =
        new OptimizerOptions(
            wanted.betas().get(0), wanted.betas().get(1), wanted.weightDecay(), wanted.epsilon());
    try (Closer opening = new Closer()) {
      Gradients gradients = opening.add(new Gradients(parent, groups));
      Optimizer optimizer = opening.add(Optimizer.of(wanted.algorithm(), parent, groups, options));
      opening.release();
      return new OptimizerStep(
          gradients, optimizer, rate, wanted.clipNorm(), settings.guard().maxGradientNorm());
    }
  }

  /** Gathers what the leaves hold and sums it over all ranks. */
  public void gather(AllReduce ranks) throws IOException {
    gradients.collect();
    gradients.sum(ranks);
  }

  /** Undoes the loss scale; whether what was gathered of these micro-batches may be applied. */
  public Verdict guard(LossScale scale, UpdateTotals learned) {
    if (learned.microBatches() == 0) {
      return new Verdict.Empty();
    }
    double norm = gradients.scale(1 / scale.factor());
    if (!Double.isFinite(norm)) {
      return new Verdict.Overflow(norm);
    }
    return greatestNorm > 0 && norm > greatestNorm
        ? new Verdict.TooLarge(norm)
        : new Verdict.Accepted(norm);
  }

  /**
   * One update from gradients that the guard accepted.
   *
   * @param done updates that moved the schedule on so far
   */
  public void apply(Verdict.Accepted accepted, long done) {
    if (clipNorm > 0) {
      gradients.clip(accepted.norm(), clipNorm);
    }
    optimizer.step(gradients, schedule.factor(done));
  }

  /** What the rates are multiplied by after so many updates; 0 where there was none to make. */
  public double rateFactor(Verdict verdict, long done) {
    return verdict instanceof Verdict.Empty ? 0 : schedule.factor(done);
  }

  @Override
  public void close() {
    Closer.close(List.of(gradients, optimizer));
  }
}
