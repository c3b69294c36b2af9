package io.kohaku.train.loop;

import ai.djl.ndarray.NDArray;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.train.data.ReadyBatch;
import io.kohaku.train.log.RankLogs;
import io.kohaku.train.optimizer.Verdict;
import io.kohaku.train.plan.EpochOrder;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.RunPlan;
import io.kohaku.train.plan.UpdateTotals;
import io.kohaku.train.plan.UpdateWalk;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One update: this rank's micro-batches, their losses and gradients, the sum over all ranks, the
 * guard, the optimizer, the average. What is not finite or too large is left out and named.
 */
public record TrainingStep(
    RunPlan plan,
    Learning learning,
    UpdateRule rule,
    AllReduce ranks,
    RankLogs logs,
    BooleanSupplier stopRequested) {
  StepResult run(UpdateWalk.Update update, Progress before, ReadAhead batches)
      throws IOException, InterruptedException {
    StepTimer timer = new StepTimer();
    LeftOut leftOut = new LeftOut(before);
    UpdateTotals mine = learn(update, before, batches, leftOut, timer);
    rule.optimizerStep().gather(ranks);
    boolean failing = logs.run().failure().isPresent();
    UpdateTotals all = mine.stopping(stopRequested.getAsBoolean()).failing(failing).over(ranks);
    timer.lap(StepTimer.Phase.REDUCING);
    Verdict verdict = rule.optimizerStep().guard(before.lossScale(), all);
    if (verdict instanceof Verdict.Accepted accepted) {
      rule.optimizerStep().apply(accepted, before.scheduled());
      rule.maxNorm().ifPresent(bound -> bound.limit(learning.loss().networks().adapter()));
      rule.average().ifPresent(average -> average.update());
      learning.adapterChanged();
    }
    leftOut.update(verdict);
    timer.lap(StepTimer.Phase.STEPPING);
    boolean applied = verdict instanceof Verdict.Accepted;
    Progress after = before.after(update, all, applied, verdict.next(before.lossScale()));
    double rateFactor = rule.optimizerStep().rateFactor(verdict, before.scheduled());
    return new StepResult(after, all, verdict, rateFactor, timer);
  }

  private UpdateTotals learn(
      UpdateWalk.Update update,
      Progress before,
      ReadAhead batches,
      LeftOut leftOut,
      StepTimer timer)
      throws IOException, InterruptedException {
    double factor = before.lossScale().factor() / plan.microBatchesPerUpdate();
    try (UpdateLosses losses = learning.begin(factor, leftOut)) {
      for (EpochOrder.Slot slot : update.slots()) {
        try (ReadyBatch batch = batches.take()) {
          timer.lap(StepTimer.Phase.WAITING);
          losses.learn(batch, finished(slot, update), plan.seed(), update.epoch(), slot.place());
          logs.inputs().record(update, slot, batch.rows());
          timer.lap(StepTimer.Phase.LEARNING);
        }
      }
      UpdateTotals mine = losses.settle();
      timer.lap(StepTimer.Phase.LEARNING);
      return mine;
    }
  }

  /** What hears of gradients that are final: none are before the last micro-batch. */
  private Consumer<List<NDArray>> finished(EpochOrder.Slot slot, UpdateWalk.Update update) {
    List<EpochOrder.Slot> slots = update.slots();
    boolean last = slot == slots.get(slots.size() - 1);
    return last ? rule.optimizerStep().finished(ranks) : leaves -> {};
  }
}
