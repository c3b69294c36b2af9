package io.kohaku.cluster;

import org.apache.spark.ExceptionFailure;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Ends work at its first task whose machine does not give what it needs.
 *
 * <p>Spark would try the task again, up to {@code spark.task.maxFailures} times, on the same or
 * another machine that is set up the same way.
 */
public final class TaskRefusals extends SparkListener {
  private static final String REFUSED = UnsuitableClusterException.class.getName();

  private final SparkContext spark;
  private volatile UnsuitableClusterException refusal;

  private TaskRefusals(SparkContext spark) {
    this.spark = spark;
  }

  /** Work that may fail. */
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * What {@code work} gives, which starts Spark's jobs.
   *
   * @throws UnsuitableClusterException if a task threw one
   */
  public static <T, E extends Exception> T ending(SparkContext spark, Work<T, E> work) throws E {
    TaskRefusals refusals = new TaskRefusals(spark);
    spark.addSparkListener(refusals);
    try {
      return work.run();
    } catch (Exception e) {
      // A job that ends by the first failure is over before listeners hear of it.
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof UnsuitableClusterException refusal) {
          throw refusal;
        }
      }
      if (refusals.refusal != null) {
        throw refusals.refusal;
      }
      throw e;
    } finally {
      spark.removeSparkListener(refusals);
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd task) {
    if (task.reason() instanceof ExceptionFailure failure && failure.className().equals(REFUSED)) {
      refusal = new UnsuitableClusterException(failure.description());
      spark.cancelStage(task.stageId(), failure.description());
    }
  }
}
