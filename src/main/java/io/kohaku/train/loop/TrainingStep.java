package io.kohaku.train.loop;

import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.train.data.MicroBatch;
import io.kohaku.train.log.RankLogs;
import io.kohaku.train.loop.StepTimer.Phase;
import io.kohaku.train.model.Average;
import io.kohaku.train.optimizer.Verdict;
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
 * One update: this rank's micro-batches, their losses and gradients, the sum over all ranks, the
 * guard, the optimizer, the average.
 *
 * <p>A micro-batch whose loss is not finite is left out and named by its posts; so is an update
 * whose gradients are not finite or too large. Nothing of either reaches the adapter.
 */
public record TrainingStep(
    RunPlan plan,
    MicroBatchLoss loss,
    UpdateRule rule,
    AllReduce ranks,
    RankLogs logs,
    BooleanSupplier stopRequested) {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingStep.class);

  StepResult run(UpdateWalk.Update update, Progress before, ReadAhead batches)
      throws IOException, InterruptedException {
    StepTimer timer = new StepTimer();
    Tally mine = Tally.NOTHING;
    List<Long> posts = new ArrayList<>();
    double factor = before.lossScale().factor() / plan.microBatchesPerUpdate();
    for (EpochOrder.Slot slot : update.slots()) {
      MicroBatch batch = batches.take();
      timer.lap(Phase.WAITING);
      Arrays.stream(batch.ids()).forEach(posts::add);
      loss.networks().masks().draw(plan.seed(), update.epoch(), slot.place());
      double value = loss.learn(batch, factor);
      mine = Double.isFinite(value) ? mine.learned(value, batch.images()) : mine.leftOut();
      warnUnlessFinite(value, update, batch);
      logs.inputs().record(update, slot, batch);
      timer.lap(Phase.LEARNING);
    }
    rule.learner().gather(ranks);
    boolean failing = logs.run().failure().isPresent();
    Tally all = mine.stopping(stopRequested.getAsBoolean()).failing(failing).over(ranks);
    timer.lap(Phase.REDUCING);
    Verdict verdict =
        all.microBatches() == 0 ? new Verdict.Empty() : rule.learner().guard(before.lossScale());
    if (verdict instanceof Verdict.Accepted accepted) {
      rule.learner().apply(accepted, before.scheduled());
      rule.maxNorm().ifPresent(bound -> bound.limit(loss.networks().adapter()));
      rule.average().ifPresent(Average::update);
    }
    warnUnlessApplied(verdict, before, posts);
    timer.lap(Phase.STEPPING);
    boolean applied = verdict instanceof Verdict.Accepted;
    Progress after = before.after(update, all, applied, verdict.next(before.lossScale()));
    return new StepResult(after, all, verdict, rate(verdict, before), timer);
  }

  private double rate(Verdict verdict, Progress before) {
    boolean empty = verdict instanceof Verdict.Empty;
    return empty ? 0 : rule.learner().schedule().factor(before.scheduled());
  }

  private static void warnUnlessFinite(double value, UpdateWalk.Update update, MicroBatch batch) {
    if (!Double.isFinite(value)) {
      LOG.warn(
          "Left out a micro-batch of update {}: its loss is {}, posts {}",
          update.step() + 1,
          value,
          Arrays.toString(batch.ids()));
    }
  }

  private static void warnUnlessApplied(Verdict verdict, Progress before, List<Long> posts) {
    if (!(verdict instanceof Verdict.Accepted)) {
      LOG.warn(
          "Left out update {}: gradient norm {}, loss scale {}, posts of this rank {}",
          before.step() + 1,
          verdict.norm(),
          before.lossScale().factor(),
          posts);
    }
  }
}
