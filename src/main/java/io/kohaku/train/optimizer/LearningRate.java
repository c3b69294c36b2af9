package io.kohaku.train.optimizer;

import io.kohaku.settings.TrainSettings.Curve;

/**
 * How the learning rates of all groups change together: a factor for each update.
 *
 * @param curve what follows the warm-up
 * @param warmup steps of the schedule during which the factor rises from 0 in equal parts
 * @param total updates of the whole run
 * @param stepsPerUpdate 1, or the number of ranks: accelerate moves the schedule once per process,
 *     and sd-scripts does not make the warm-up longer for it
 */
public record LearningRate(Curve curve, long warmup, long total, int stepsPerUpdate) {
  /** Checks the numbers. */
  public LearningRate {
    if (warmup < 0 || total < 1 || stepsPerUpdate < 1) {
      throw new IllegalArgumentException(
          "Invalid learning rate: warmup %s, total %s, steps per update %s (at least 0, 1 and 1)"
              .formatted(warmup, total, stepsPerUpdate));
    }
  }

  /** The factor of the update that {@code done} updates went before; skipped ones do not count. */
  public double factor(long done) {
    long step = done * stepsPerUpdate;
    if (step < warmup) {
      return (double) step / warmup;
    }
    return switch (curve) {
      case CONSTANT -> 1;
      case COSINE -> {
        long steps = Math.max(1, total * stepsPerUpdate - warmup);
        double progress = (double) (step - warmup) / steps;
        yield Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
      }
    };
  }
}
