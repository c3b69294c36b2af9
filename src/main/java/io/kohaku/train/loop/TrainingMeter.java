package io.kohaku.train.loop;

import io.kohaku.train.plan.Progress;
import java.util.Map;

/** Hears what every update measured, for what surrounds the loop: progress lines, metrics. */
@FunctionalInterface
public interface TrainingMeter {
  /** For nobody. */
  TrainingMeter NONE = (progress, values) -> {};

  /**
   * After an update.
   *
   * @param progress where the run stands
   * @param values by the names of the logs
   */
  void updated(Progress progress, Map<String, Double> values);
}
