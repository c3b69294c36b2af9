package io.kohaku.engine;

import io.kohaku.metrics.ProgressListener;
import io.kohaku.metrics.StageGauges;
import java.io.IOException;
import org.apache.spark.SparkContext;

/** Shows on the terminal how far the running stage has come. */
public final class Progress {
  private final ProgressListener listener;
  private final ProgressLine line;

  private Progress(ProgressLine line, String noun) {
    this.line = line;
    this.listener = new ProgressListener(() -> refresh(noun));
  }

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
    SparkContext spark = context.spark().sparkContext();
    context.gauges().follow(spark, goal.noun());
    boolean terminal = System.console() != null;
    ProgressLine line =
        new ProgressLine(System.err, terminal, context.gauges().stage(), goal, System.nanoTime());
    Progress progress = new Progress(line, goal.noun());
    spark.addSparkListener(progress.listener);
    try {
      return work.run();
    } finally {
      spark.removeSparkListener(progress.listener);
      line.end();
    }
  }

  private void refresh(String noun) {
    line.update(
        System.nanoTime(), listener.value(noun), listener.value("loss"), listener.value("steps"));
  }
}
