package io.kohaku.train.loop;

import io.kohaku.train.plan.Progress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Whether what a run learns is worth anything. */
public final class Worth {
  private Worth() {}

  /** How a run ends that has no update to come: worthless if it left out all of them. */
  static RunEnd finished(Progress progress) {
    return progress.step() > 0 && progress.scheduled() == 0
        ? new RunEnd.Worthless(
            "Cannot publish an adapter: none of %s updates was applied, so it learned nothing (the log names each that was left out, with its gradient norm and loss scale; see train.guard)"
                .formatted(progress.step()))
        : new RunEnd.Finished();
  }

  /** The outcome of a run whose adapter is still that of its beginning, which changes nothing. */
  public static TrainOutcome learnedNothing(TrainOutcome finished) {
    return new TrainOutcome(
        new RunEnd.Worthless(
            "Cannot publish an adapter: it changes no layer after %s updates, %s of them applied (the learning rate was zero throughout, or all gradients were; see train.schedule)"
                .formatted(finished.progress().step(), finished.progress().scheduled())),
        finished.progress());
  }

  /**
   * How a run ends whose loss on the fixed images is no number.
   *
   * @param blame what this rank knows of where it begins
   */
  static RunEnd noLoss(Progress progress, Optional<String> blame) {
    return new RunEnd.Worthless(
        "Cannot train: the loss on the fixed images is no number at update %s%s"
            .formatted(progress.step(), told(blame)));
  }

  /** How a run ends that has left out too many updates in a row. */
  static RunEnd tooManyLeftOut(Progress progress, Optional<String> blame) {
    return new RunEnd.Worthless(
        "Cannot train on: %s updates in a row were left out, up to update %s (the log names their posts; see train.guard)%s"
            .formatted(progress.skippedInRow(), progress.step(), told(blame)));
  }

  private static String told(Optional<String> blame) {
    return blame.map(where -> ": " + where).orElse("");
  }

  /** What the ranks say of a worthless run: the one that knows most. */
  public static String reason(List<TrainOutcome> outcomes) {
    return outcomes.stream()
        .map(TrainOutcome::end)
        .filter(RunEnd.Worthless.class::isInstance)
        .map(end -> ((RunEnd.Worthless) end).why())
        .max(Comparator.comparingInt(String::length))
        .orElseThrow();
  }
}
