package io.kohaku.cluster;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when an executor that runs one of the tasks is to be taken away: its node is drained, its
 * spot instance ends.
 *
 * <p>Executors tell the driver (with {@code spark.decommission.enabled}, by a signal or through the
 * cluster manager) but not their tasks, so the driver's scheduler is asked.
 */
final class ExecutorWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorWatch.class);
  private static final long POLL_MILLIS = 500;

  private final SparkContext spark;
  private final RunningTasks tasks;
  private final Runnable request;
  private final ScheduledExecutorService poll;
  private volatile boolean leaving;

  /**
   * Watches the executors of these tasks.
   *
   * @param request called once, when the first of them is leaving
   */
  ExecutorWatch(SparkContext spark, RunningTasks tasks, Runnable request) {
    this.spark = spark;
    this.tasks = tasks;
    this.request = request;
    this.poll =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "executor watch");
              thread.setDaemon(true);
              return thread;
            });
    poll.scheduleWithFixedDelay(this::look, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    for (String executor : tasks.executors()) {
      if (!leaving && spark.taskScheduler().getExecutorDecommissionState(executor).isDefined()) {
        LOG.warn("Executor {} is being decommissioned: its stage is asked to save", executor);
        leaving = true;
        request.run();
      }
    }
  }

  /** Whether an executor was, or is, about to leave. */
  boolean leaving() {
    return leaving;
  }

  @Override
  public void close() {
    poll.shutdownNow();
  }
}
