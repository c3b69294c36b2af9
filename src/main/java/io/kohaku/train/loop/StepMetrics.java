package io.kohaku.train.loop;

import io.kohaku.settings.TrainSettings;
import io.kohaku.train.log.ProcessMemory;
import io.kohaku.train.log.RunLog;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.UpdateTotals;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is told of every update, by the names of the logs.
 *
 * @param optimizer with the learning rates
 * @param log of the run
 * @param meter hears the same
 */
public record StepMetrics(
    TrainSettings.OptimizerSettings optimizer, RunLog log, TrainingMeter meter) {
  /** Name of the mean loss of an update in logs and metrics. */
  public static final String LOSS = "train/loss";

  /** Name of the seconds that an update took. */
  public static final String UPDATE_TIME = "time/update";

  void tell(StepResult step) {
    Progress progress = step.progress();
    Map<String, Double> values = values(step);
    meter.updated(progress, values);
    log.values(progress.step(), values);
    log.progress(progress, step.totals().meanLoss(), imagesPerSecond(step));
  }

  private Map<String, Double> values(StepResult step) {
    Progress progress = step.progress();
    UpdateTotals totals = step.totals();
    StepTimer timer = step.timer();
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(LOSS, totals.meanLoss());
    values.put("train/loss_smoothed", progress.runningLoss());
    values.put("train/rate_unet", optimizer.unetRate() * step.rateFactor());
    values.put("train/rate_text_encoders", optimizer.textEncoderRate() * step.rateFactor());
    values.put("train/gradient_norm", step.verdict().norm());
    values.put("train/loss_scale", progress.lossScale().factor());
    values.put("train/images", (double) progress.images());
    values.put("train/images_per_second", imagesPerSecond(step));
    values.put("train/skipped_micro_batches", (double) progress.skippedMicroBatches());
    values.put("train/left_out_updates", (double) progress.leftOut());
    values.put(UPDATE_TIME, timer.whole());
    values.put("time/waiting", timer.seconds(StepTimer.Phase.WAITING));
    values.put("time/reducing", timer.seconds(StepTimer.Phase.REDUCING));
    values.put("time/stepping", timer.seconds(StepTimer.Phase.STEPPING));
    values.put("memory/peak_megabytes", ProcessMemory.peakMegabytes());
    return values;
  }

  private static double imagesPerSecond(StepResult step) {
    return step.totals().images() / step.timer().whole();
  }
}
