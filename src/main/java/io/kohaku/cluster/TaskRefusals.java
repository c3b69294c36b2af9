package io.kohaku.cluster;

import io.kohaku.input.UnusableFileException;
import io.kohaku.number.WorthlessResultException;
import java.util.Optional;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Ends work at its first task that no other attempt helps: its machine does not give what it needs,
 * a file that the user named cannot be used, or its result is worth nothing.
 *
 * <p>Spark would try the task again, up to {@code spark.task.maxFailures} times, on the same or
 * another machine that is set up the same way.
 */
public final class TaskRefusals extends SparkListener {
  private final SparkContext spark;
  private volatile RuntimeException refusal;

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
   * @throws UnusableFileException if a task threw one
   * @throws WorthlessResultException if a task threw one
   */
  public static <T, E extends Exception> T ending(SparkContext spark, Work<T, E> work) throws E {
    TaskRefusals refusals = new TaskRefusals(spark);
    spark.addSparkListener(refusals);
    try {
      return work.run();
    } catch (Exception e) {
      // A job that ends by the first failure is over before listeners hear of it.
      Optional<RuntimeException> own = refusal(e);
      if (own.isPresent()) {
        throw own.get();
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
    if (task.reason() instanceof ExceptionFailure failure && failure.exception().isDefined()) {
      refusal(failure.exception().get())
          .ifPresent(
              why -> {
                refusal = why;
                spark.cancelStage(task.stageId(), why.getMessage());
              });
    }
  }

  /**
   * The cause of a failure that no other attempt helps; Spark wraps it where tables are written.
   */
  private static Optional<RuntimeException> refusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnsuitableClusterException
          || cause instanceof UnusableFileException
          || cause instanceof WorthlessResultException) {
        return Optional.of((RuntimeException) cause);
      }
    }
    return Optional.empty();
  }
}
