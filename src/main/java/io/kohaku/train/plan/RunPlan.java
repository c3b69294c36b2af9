package io.kohaku.train.plan;

import io.kohaku.settings.TrainSettings;
import java.util.List;

/**
 * What a whole run consists of.
 *
 * @param sizes images of each bucket
 * @param microBatch images of a micro-batch
 * @param microBatchesPerUpdate micro-batches of an update, over all ranks
 * @param seed the run's seed
 * @param updates updates of the whole run
 */
public record RunPlan(
    List<Integer> sizes, int microBatch, int microBatchesPerUpdate, long seed, long updates) {
  /** The plan of these images under these settings. */
  public static RunPlan of(List<Integer> sizes, TrainSettings settings, long seed) {
    RunPlan endless =
        new RunPlan(
            List.copyOf(sizes),
            settings.microBatch(),
            settings.microBatchesPerUpdate(),
            seed,
            Long.MAX_VALUE);
    return endless.until(settings.epochs(), settings.steps());
  }

  /**
   * The same, as far as these settings let it go; without images it goes nowhere.
   *
   * @param steps updates at most; 0 for no limit
   */
  public RunPlan until(int epochs, long steps) {
    long all = sizes.isEmpty() ? 0 : (long) epochs * epoch().updates();
    return new RunPlan(
        sizes, microBatch, microBatchesPerUpdate, seed, steps == 0 ? all : Math.min(all, steps));
  }

  /** The order of one epoch. */
  public EpochOrder order(int epoch) {
    return new EpochOrder(sizes, microBatch, seed, epoch);
  }

  /** The updates of one epoch. */
  public UpdatePlan epoch() {
    return new UpdatePlan(
        Math.toIntExact(EpochOrder.slots(sizes, microBatch)), microBatchesPerUpdate);
  }
}
