package io.kohaku.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** Knows the running tasks of one job group: a cancelled job returns before its tasks do. */
final class RunningTasks extends SparkListener implements AutoCloseable {
  private final SparkContext spark;
  private final String group;
  private final Set<Integer> stages = new HashSet<>();
  private final Map<Long, String> running = new HashMap<>();

  RunningTasks(SparkContext spark, String group) {
    this.spark = spark;
    this.group = group;
    spark.addSparkListener(this);
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart job) {
    if (group.equals(job.properties().getProperty("spark.jobGroup.id"))) {
      job.stageIds().foreach(id -> stages.add((Integer) id));
    }
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart task) {
    if (stages.contains(task.stageId())) {
      running.put(task.taskInfo().taskId(), task.taskInfo().executorId());
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
    if (stages.contains(task.stageId())) {
      running.remove(task.taskInfo().taskId());
      notifyAll();
    }
  }

  /** The executors that run one now. */
  synchronized Set<String> executors() {
    return Set.copyOf(running.values());
  }

  /** Waits until no task runs, or for so long. */
  synchronized void awaitNone(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    long millis = timeout.toMillis();
    while (!running.isEmpty() && millis > 0) {
      wait(millis);
      millis = (deadline - System.nanoTime()) / 1_000_000;
    }
  }

  @Override
  public void close() {
    spark.removeSparkListener(this);
  }
}
