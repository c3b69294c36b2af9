package io.kohaku.train.loop;

import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.settings.TrainSettings;
import io.kohaku.train.checkpoint.RunCheckpoints;
import io.kohaku.train.log.RunLog;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.UpdateTotals;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is due between two updates: saving, measuring, drawing, and ending the run if it must. */
public final class BetweenSteps {
  private static final Logger LOG = LoggerFactory.getLogger(BetweenSteps.class);
  private static final RunEnd ELSEWHERE = new RunEnd.StorageFailed("The first rank cannot write");

  private final TrainSettings settings;
  private final RunCheckpoints checkpoints;
  private final Validation validation;
  private final Pictures pictures;
  private final RunLog log;
  private final AllReduce ranks;

  /**
   * What comes of an update.
   *
   * @param progress where the run stands, what was measured included
   * @param end how the run ends here, if it does
   */
  record Settled(Progress progress, Optional<RunEnd> end) {}

  /** Nothing is done yet. */
  public BetweenSteps(
      TrainSettings settings,
      RunCheckpoints checkpoints,
      Validation validation,
      Pictures pictures,
      RunLog log,
      AllReduce ranks) {
    this.settings = settings;
    this.checkpoints = checkpoints;
    this.validation = validation;
    this.pictures = pictures;
    this.log = log;
    this.ranks = ranks;
  }

  /**
   * Measures what is due before the first update of this process: nothing that was measured at that
   * update already.
   *
   * @param last whether there is no update to come
   */
  Settled begin(Progress start, boolean last) throws IOException {
    long measured = start.measured().step();
    boolean judging = measured < 0 || last;
    boolean due = judging || isDue(start, settings.validation().every());
    Progress progress = due && measured != start.step() ? measure(start) : start;
    return new Settled(progress, judging ? judge(progress) : Optional.empty());
  }

  /**
   * Does what is due after an update.
   *
   * <p>What is measured is saved with the rest, so that a run which goes on knows of it. A run that
   * is asked to stop saves at once and leaves the measuring to its next start.
   */
  Settled settle(StepResult step, boolean last) throws IOException {
    UpdateTotals totals = step.totals();
    Progress progress = step.progress();
    if (progress.skippedInRow() >= settings.guard().maxSkipped()) {
      return new Settled(
          progress, Optional.of(Worth.tooManyLeftOut(progress, validation.blame(ranks))));
    }
    boolean ending = totals.stops() > 0 || totals.failures() > 0;
    boolean measuring = last || isDue(progress, settings.validation().every()) && !ending;
    if (measuring && totals.failures() == 0) {
      progress = measure(progress);
    }
    boolean saving = last || ending || isDue(progress, settings.checkpoint().every());
    Optional<RunEnd> failure = saving ? save(progress) : Optional.empty();
    if (failure.isEmpty() && last && totals.failures() == 0) {
      failure = judge(progress);
    }
    return new Settled(progress, failure.isPresent() ? failure : end(progress, totals, last));
  }

  /** At its beginning and at its end a run's loss must be a number. */
  private Optional<RunEnd> judge(Progress progress) throws IOException {
    return Double.isFinite(progress.measured().last())
            || progress.measured().step() != progress.step()
        ? Optional.empty()
        : Optional.of(Worth.noLoss(progress, validation.blame(ranks)));
  }

  /** How the run ends after this update, which is saved if it is time to, if it does. */
  private Optional<RunEnd> end(Progress progress, UpdateTotals totals, boolean last) {
    if (totals.failures() > 0) {
      return logFailure().or(() -> Optional.of(ELSEWHERE));
    }
    if (isDue(progress, settings.sampleEvery())) {
      pictures.draw(progress.step());
    }
    if (last) {
      return Optional.of(logFailure().orElse(Worth.finished(progress)));
    }
    return totals.stops() > 0 ? Optional.of(new RunEnd.Stopped()) : Optional.empty();
  }

  private static boolean isDue(Progress progress, long every) {
    return every > 0 && progress.step() % every == 0;
  }

  private Optional<RunEnd> logFailure() {
    return log.failure().map(RunEnd.StorageFailed::new);
  }

  /** Measures the loss on the fixed images and tells it. */
  private Progress measure(Progress progress) throws IOException {
    Map<String, Double> values = validation.measure(ranks);
    log.values(progress.step(), values);
    return progress.measured(values.get(Validation.LOSS));
  }

  /** The first rank writes; all learn whether it could. */
  private Optional<RunEnd> save(Progress progress) throws IOException {
    Optional<RunEnd> failure = ranks.rank().first() ? write(progress) : Optional.empty();
    UpdateTotals all = UpdateTotals.NOTHING.failing(failure.isPresent()).over(ranks);
    return all.failures() > 0 ? failure.or(() -> Optional.of(ELSEWHERE)) : failure;
  }

  private Optional<RunEnd> write(Progress progress) {
    try {
      checkpoints.save(progress);
      return Optional.empty();
    } catch (IOException e) {
      LOG.error("{}", e.getMessage(), e);
      return Optional.of(new RunEnd.StorageFailed(e.getMessage()));
    }
  }
}
