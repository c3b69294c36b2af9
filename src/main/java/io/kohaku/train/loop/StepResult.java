package io.kohaku.train.loop;

import io.kohaku.train.optimizer.Verdict;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.UpdateTotals;

/**
 * How an update went.
 *
 * @param progress after it
 * @param totals of all ranks
 * @param verdict whether it was applied
 * @param rateFactor what the learning rates were multiplied by
 * @param timer where the time went
 */
record StepResult(
    Progress progress, UpdateTotals totals, Verdict verdict, double rateFactor, StepTimer timer) {}
