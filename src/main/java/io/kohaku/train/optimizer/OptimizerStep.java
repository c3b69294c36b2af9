package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.TrainSettings;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.UpdateTotals;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

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
  /**
   * So many that little is left to sum after the walk, so few that a network's turnaround counts
   * for nothing: 60 MB each of the recipe's 1.5 GB.
   */
  private static final int OVERLAPPING_PIECES = 24;

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
      int pieces = settings.speed().overlapSum() ? OVERLAPPING_PIECES : 1;
      Gradients gradients = opening.add(new Gradients(parent, groups, pieces));
      Optimizer optimizer = opening.add(Optimizer.of(wanted.algorithm(), parent, groups, options));
      opening.release();
      return new OptimizerStep(
          gradients, optimizer, rate, wanted.clipNorm(), settings.guard().maxGradientNorm());
    }
  }

  /**
   * What hears, in the last micro-batch of an update, of leaves whose gradients are final: their
   * sum over the ranks begins meanwhile, if it should overlap.
   */
  public Consumer<List<NDArray>> finished(AllReduce ranks) {
    return leaves -> gradients.finish(leaves, ranks);
  }

  /** Gathers what the leaves hold and sums it over all ranks; what has begun already, too. */
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
