package io.kohaku.train.loop;

import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.settings.TrainSettings;
import io.kohaku.train.data.MicroBatch;
import io.kohaku.train.data.MicroBatches;
import io.kohaku.train.data.Prefetch;
import io.kohaku.train.log.ProcessMemory;
import io.kohaku.train.optimizer.Learner;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.RunPlan;
import io.kohaku.train.plan.Tally;
import io.kohaku.train.plan.UpdateWalk;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The training loop of one rank: update after update, with checkpoints, measurements and logs
 * between them.
 *
 * <p>All ranks take every decision from sums over the ranks, so they stay in step.
 */
public final class Trainer {
  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

  /** Name of the mean loss of an update in logs and metrics. */
  public static final String LOSS = "train/loss";

  private static final int READ_AHEAD = 2;
  private static final String ELSEWHERE = "The first rank cannot write";

  private final TrainSettings settings;
  private final RunPlan plan;
  private final TrainingParts parts;
  private final AllReduce ranks;
  private final UpdateRunner runner;
  private double firstLoss = Double.NaN;
  private double lastLoss = Double.NaN;

  /** A loop over {@code plan}; nothing runs yet. */
  public Trainer(
      TrainSettings settings,
      RunPlan plan,
      TrainingParts parts,
      AllReduce ranks,
      BooleanSupplier stopRequested) {
    this.settings = settings;
    this.plan = plan;
    this.parts = parts;
    this.ranks = ranks;
    this.runner = new UpdateRunner(plan, parts, ranks, stopRequested);
  }

  /** Trains from a position on, until the end or until it is asked to stop. */
  public TrainOutcome run(Progress start) throws IOException, InterruptedException {
    Progress progress = start;
    firstLoss = measure(progress);
    lastLoss = firstLoss;
    UpdateWalk walk = new UpdateWalk(plan, ranks.rank(), progress);
    try (Prefetch<MicroBatch> batches =
        new Prefetch<>("read ahead", READ_AHEAD, readers(progress))) {
      while (walk.hasNext()) {
        UpdateRunner.Step step = runner.run(walk.next(), progress, batches);
        progress = step.progress();
        MDC.put("mdc.step", String.valueOf(progress.step()));
        tell(step);
        if (progress.skippedInRow() >= settings.guard().maxSkipped()) {
          return outcome(TrainOutcome.End.FAILED, tooManySkipped(progress), progress);
        }
        String unsaved = settle(step, !walk.hasNext());
        if (!unsaved.isEmpty()) {
          return outcome(TrainOutcome.End.STORAGE_FAILED, unsaved, progress);
        }
        if (step.tally().stops() > 0 && walk.hasNext()) {
          return outcome(TrainOutcome.End.STOPPED, "", progress);
        }
      }
    }
    return outcome(TrainOutcome.End.FINISHED, "", progress);
  }

  private static String tooManySkipped(Progress progress) {
    return "Cannot train on: %d updates in a row were left out, up to update %d (the log names their posts; see train.guard)"
        .formatted(progress.skippedInRow(), progress.step());
  }

  /** Saves, measures and draws where it is time to; why something is not saved, or nothing. */
  private String settle(UpdateRunner.Step step, boolean last) throws IOException {
    Progress progress = step.progress();
    Tally tally = step.tally();
    boolean saving = last || isDue(progress, settings.checkpoint().every());
    if (saving || tally.stops() > 0 || tally.failures() > 0) {
      String failure = save(progress);
      if (!failure.isEmpty()) {
        return failure;
      }
    }
    if (tally.failures() > 0) {
      return parts.log().failure().orElse(ELSEWHERE);
    }
    if (last || isDue(progress, settings.validation().every())) {
      lastLoss = measure(progress);
    }
    if (isDue(progress, settings.sampleEvery())) {
      parts.pictures().ifPresent(pictures -> draw(pictures, progress));
    }
    return last ? parts.log().failure().orElse("") : "";
  }

  private static boolean isDue(Progress progress, long every) {
    return every > 0 && progress.step() % every == 0;
  }

  /** A run is worth more than its pictures: what cannot be written is told and left. */
  private void draw(IntervalSampler pictures, Progress progress) {
    try {
      parts.networks().masks().clear();
      pictures.sample(progress.step());
    } catch (IOException e) {
      LOG.error("Cannot draw pictures of update {}: {}", progress.step(), e.getMessage(), e);
    }
  }

  /** The first rank writes; all learn whether it could. */
  private String save(Progress progress) throws IOException {
    String failure = "";
    if (ranks.rank().first()) {
      try {
        parts.checkpoints().write(progress.step(), parts.state().files(progress));
      } catch (IOException e) {
        LOG.error("{}", e.getMessage(), e);
        failure = e.getMessage();
      }
    }
    Tally all = Tally.NOTHING.failing(!failure.isEmpty()).over(ranks);
    return all.failures() > 0 && failure.isEmpty() ? ELSEWHERE : failure;
  }

  private double measure(Progress progress) throws IOException {
    Map<String, Double> values = parts.validation().measure(ranks);
    parts.log().values(progress.step(), values);
    return values.get("validation/loss");
  }

  private void tell(UpdateRunner.Step step) {
    Progress progress = step.progress();
    Learner.Result result = step.result();
    UpdateRunner.Times times = step.times();
    double rate = step.tally().images() / times.whole();
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(LOSS, step.tally().meanLoss());
    values.put("train/loss_smoothed", progress.runningLoss());
    values.put("train/rate_unet", settings.optimizer().unetRate() * result.rateFactor());
    values.put(
        "train/rate_text_encoders", settings.optimizer().textEncoderRate() * result.rateFactor());
    values.put("train/gradient_norm", result.norm());
    values.put("train/loss_scale", progress.lossScale().factor());
    values.put("train/images", (double) progress.images());
    values.put("train/images_per_second", rate);
    values.put("train/skipped_micro_batches", (double) progress.skippedMicroBatches());
    values.put("time/update", times.whole());
    values.put("time/waiting", times.waiting());
    values.put("time/reducing", times.reducing());
    values.put("time/stepping", times.stepping());
    values.put("memory/peak_megabytes", ProcessMemory.peakMegabytes());
    parts.meter().updated(progress, values);
    parts.log().values(progress.step(), values);
    parts.log().progress(progress, step.tally().meanLoss(), rate);
  }

  private TrainOutcome outcome(TrainOutcome.End end, String message, Progress progress) {
    return new TrainOutcome(end, message, progress, firstLoss, lastLoss);
  }

  /** This rank's micro-batches from a position to the end of the run, one reader for each. */
  private Iterator<Callable<MicroBatch>> readers(Progress from) {
    UpdateWalk walk = new UpdateWalk(plan, ranks.rank(), from);
    Deque<Callable<MicroBatch>> waiting = new ArrayDeque<>();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (waiting.isEmpty() && walk.hasNext()) {
          UpdateWalk.Update update = walk.next();
          MicroBatches.Moment moment = new MicroBatches.Moment(plan.seed(), update.epoch());
          update
              .slots()
              .forEach(slot -> waiting.add(() -> parts.images().read(slot, moment, update.step())));
        }
        return !waiting.isEmpty();
      }

      @Override
      public Callable<MicroBatch> next() {
        return waiting.remove();
      }
    };
  }
}
