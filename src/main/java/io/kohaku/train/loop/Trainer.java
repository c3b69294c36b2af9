package io.kohaku.train.loop;

import io.kohaku.cluster.ring.Rank;
import io.kohaku.train.data.Collator;
import io.kohaku.train.data.ImageDataset;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.RunPlan;
import io.kohaku.train.plan.UpdateWalk;
import java.io.IOException;
import org.slf4j.MDC;

/**
 * The training loop of one rank: update after update, and what is due between them.
 *
 * @param plan of the whole run
 * @param rank whose micro-batches are computed
 * @param images what is trained on
 * @param step makes an update
 * @param metrics tells of it
 * @param between does what is due after it
 */
public record Trainer(
    RunPlan plan,
    Rank rank,
    ImageDataset images,
    TrainingStep step,
    StepMetrics metrics,
    BetweenSteps between) {

  /** Trains from a position on, until the end or until it is asked to stop. */
  public TrainOutcome run(Progress start) throws IOException, InterruptedException {
    UpdateWalk walk = new UpdateWalk(plan, rank, start);
    BetweenSteps.Settled settled = between.begin(start, !walk.hasNext());
    Collator tensors = step.learning().loss().tensors();
    try (ReadAhead batches = new ReadAhead(plan, rank, start, images, tensors)) {
      while (walk.hasNext() && settled.end().isEmpty()) {
        StepResult result = step.run(walk.next(), settled.progress(), batches);
        MDC.put("mdc.step", String.valueOf(result.progress().step()));
        metrics.tell(result);
        settled = between.settle(result, !walk.hasNext());
      }
    }
    Progress reached = settled.progress();
    return new TrainOutcome(settled.end().orElse(Worth.finished(reached)), reached);
  }
}
