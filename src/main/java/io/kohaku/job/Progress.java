package io.kohaku.job;

import org.apache.spark.SparkContext;

/** Shows on the terminal how far the running stage has come, until it is closed. */
public final class Progress implements AutoCloseable {
  private final SparkContext spark;
  private final ProgressListener listener;
  private final ProgressLine line;

  private Progress(SparkContext spark, ProgressLine line, String noun) {
    this.spark = spark;
    this.line = line;
    this.listener = new ProgressListener(() -> refresh(noun));
  }

  /**
   * Starts following the accumulator {@code kohaku.<noun>}; {@code kohaku.loss}, a sum over {@code
   * kohaku.steps}, is shown beside it if there is one.
   *
   * @param total how many there will be
   */
  public static Progress of(SparkContext spark, String stage, String noun, long total) {
    ProgressLine line =
        new ProgressLine(
            System.err,
            System.console() != null,
            stage,
            new ProgressLine.Goal(noun, total),
            System.nanoTime());
    Progress progress = new Progress(spark, line, noun);
    spark.addSparkListener(progress.listener);
    return progress;
  }

  private void refresh(String noun) {
    line.update(
        System.nanoTime(), listener.value(noun), listener.value("loss"), listener.value("steps"));
  }

  @Override
  public void close() {
    spark.removeSparkListener(listener);
    line.end();
  }
}
