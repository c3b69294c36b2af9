package io.kohaku.train.loop;

import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.train.data.MicroBatch;
import io.kohaku.train.data.Prefetch;
import io.kohaku.train.model.Average;
import io.kohaku.train.model.Inputs;
import io.kohaku.train.optimizer.Learner;
import io.kohaku.train.plan.EpochOrder;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.RunPlan;
import io.kohaku.train.plan.Tally;
import io.kohaku.train.plan.UpdateWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One update on one rank: its micro-batches, then the step that all ranks take together.
 *
 * <p>A micro-batch whose loss is not finite is left out and named by its posts; so is an update
 * whose gradients are not finite or too large. Nothing of either reaches the adapter.
 */
public final class UpdateRunner {
  private static final Logger LOG = LoggerFactory.getLogger(UpdateRunner.class);

  private final RunPlan plan;
  private final TrainingParts parts;
  private final AllReduce ranks;
  private final BooleanSupplier stopRequested;

  /**
   * How an update went.
   *
   * @param progress after it
   * @param tally of all ranks
   * @param result of the step
   * @param times where the time went
   */
  record Step(Progress progress, Tally tally, Learner.Result result, Times times) {}

  /**
   * Seconds of one update on this rank.
   *
   * @param whole all of it
   * @param waiting for the next micro-batch to be read
   * @param reducing summing over ranks, which includes waiting for the slower ones
   * @param stepping clipping, the optimizer and the average
   */
  record Times(double whole, double waiting, double reducing, double stepping) {}

  UpdateRunner(RunPlan plan, TrainingParts parts, AllReduce ranks, BooleanSupplier stopRequested) {
    this.plan = plan;
    this.parts = parts;
    this.ranks = ranks;
    this.stopRequested = stopRequested;
  }

  Step run(UpdateWalk.Update update, Progress before, Prefetch<MicroBatch> batches)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    double waiting = 0;
    Tally mine = Tally.NOTHING;
    List<Long> posts = new ArrayList<>();
    double factor = before.lossScale().factor() / plan.microBatchesPerUpdate();
    for (EpochOrder.Slot slot : update.slots()) {
      long asked = System.nanoTime();
      MicroBatch batch = batches.take();
      waiting += seconds(asked);
      Arrays.stream(batch.ids()).forEach(posts::add);
      parts.networks().masks().draw(plan.seed(), update.epoch(), slot.place());
      double loss = learn(batch, factor);
      if (Double.isFinite(loss)) {
        mine = mine.learned(loss, batch.images());
      } else {
        mine = mine.leftOut();
        LOG.warn(
            "Left out a micro-batch of update {}: its loss is {}, posts {}",
            update.step() + 1,
            loss,
            Arrays.toString(batch.ids()));
      }
      parts.inputLog().record(update, slot, batch);
    }
    long reducing = System.nanoTime();
    parts.learner().gather(ranks);
    Tally all =
        mine.stopping(stopRequested.getAsBoolean())
            .failing(parts.log().failure().isPresent())
            .over(ranks);
    double reduced = seconds(reducing);
    long stepping = System.nanoTime();
    Learner.Result result = step(before, all, posts);
    Times times = new Times(seconds(begin), waiting, reduced, seconds(stepping));
    return new Step(
        before.after(update, all, result.applied(), result.scale()), all, result, times);
  }

  private double learn(MicroBatch batch, double factor) {
    try (MemoryScope scope = MemoryScope.open(parts.networks().sdxl().manager())) {
      Inputs inputs = parts.tensors().of(scope.manager(), batch);
      return parts.networks().learn(scope.manager(), inputs, factor);
    }
  }

  private Learner.Result step(Progress before, Tally all, List<Long> posts) {
    Learner.Result result =
        all.microBatches() == 0
            ? new Learner.Result(Double.NaN, 0, false, before.lossScale())
            : parts.learner().update(before.lossScale(), before.scheduled());
    if (result.applied()) {
      parts.maxNorm().ifPresent(bound -> bound.limit(parts.networks().adapter()));
      parts.state().average().ifPresent(Average::update);
    } else {
      LOG.warn(
          "Left out update {}: gradient norm {}, loss scale {}, posts of this rank {}",
          before.step() + 1,
          result.norm(),
          before.lossScale().factor(),
          posts);
    }
    return result;
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
