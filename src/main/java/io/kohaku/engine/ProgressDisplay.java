package io.kohaku.engine;

import io.kohaku.metrics.ProgressListener;
import io.kohaku.metrics.StageGauges;
import java.io.IOException;

/** Shows on the terminal how far the running stage has come. */
public final class ProgressDisplay {
  private ProgressDisplay() {}

  /** Work that may fail to read or write, or be interrupted. */
  public interface Work<T, E extends Exception> {
    T run() throws IOException, E;
  }

  /**
   * Runs {@code work} and follows the accumulator {@code kohaku.<noun>} meanwhile; {@code
   * kohaku.loss}, a sum over {@code kohaku.steps}, is shown beside it if there is one. Spark's
   * metrics show the same, see {@link StageGauges}.
   */
  public static <T, E extends Exception> T show(
      StageContext context, ProgressLine.Goal goal, Work<T, E> work) throws IOException, E {
    ProgressListener counts = context.gauges().follow(context.spark().sparkContext(), goal.noun());
    boolean terminal = System.console() != null;
    ProgressLine line =
        new ProgressLine(System.err, terminal, context.gauges().stage(), goal, System.nanoTime());
    Runnable refresh =
        () ->
            line.update(
                System.nanoTime(),
                counts.value(goal.noun()),
                counts.value("loss"),
                counts.value("steps"));
    counts.watch(refresh);
    try {
      return work.run();
    } finally {
      counts.unwatch(refresh);
      line.end();
    }
  }
}
