package io.kohaku.train.log;

import io.kohaku.train.plan.Progress;
import java.time.Duration;
import java.util.Locale;

/**
 * How fast a run goes and when it will end.
 *
 * @param steps updates of the whole run
 * @param firstStep the update at which this process began
 */
record Pace(long steps, long firstStep) {
  /** The line for people: where the run stands, how fast it goes, how long it will take. */
  String line(Progress progress, double loss, double secondsSpent, double imagesPerSecond) {
    long done = progress.step() - firstStep;
    double secondsLeft = done == 0 ? 0 : secondsSpent / done * (steps - progress.step());
    return String.format(
        Locale.ROOT,
        "step %d/%d (%.1f %%), epoch %d, %d images, loss %.5f (smoothed %.5f), %.2f images/s, %s left",
        progress.step(),
        steps,
        100.0 * progress.step() / steps,
        progress.epoch() + 1,
        progress.images(),
        loss,
        progress.runningLoss(),
        imagesPerSecond,
        clock(secondsLeft));
  }

  static String clock(double seconds) {
    Duration left = Duration.ofSeconds(Math.round(seconds));
    String time =
        String.format(
            Locale.ROOT,
            "%d:%02d:%02d",
            left.toHoursPart(),
            left.toMinutesPart(),
            left.toSecondsPart());
    return left.toDays() == 0 ? time : left.toDays() + " d " + time;
  }
}
