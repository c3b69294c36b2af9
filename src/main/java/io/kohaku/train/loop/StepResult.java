package io.kohaku.train.loop;

import io.kohaku.train.optimizer.Verdict;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.Tally;

/**
 * How an update went.
 *
 * @param progress after it
 * @param tally of all ranks
 * @param verdict whether it was applied
 * @param rateFactor what the learning rates were multiplied by
 * @param timer where the time went
 */
record StepResult(
    Progress progress, Tally tally, Verdict verdict, double rateFactor, StepTimer timer) {}
