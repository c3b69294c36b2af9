package io.kohaku.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.TaskInfo;

/**
 * Follows the named accumulators {@code kohaku.…} while tasks run: finished tasks count in full,
 * running ones with what their executor's last heartbeat said.
 */
public final class ProgressListener extends AccumulatorListener {
  private static final String PREFIX = "kohaku.";

  private final Map<String, Double> finished = new ConcurrentHashMap<>();
  private final Map<Long, Map<String, Double>> running = new ConcurrentHashMap<>();
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

  ProgressListener() {}

  /** Calls this after every change, on the listener's thread. */
  public void watch(Runnable changed) {
    watchers.add(changed);
  }

  /** Calls it no more. */
  public void unwatch(Runnable changed) {
    watchers.remove(changed);
  }

  /** The sum of one accumulator over all tasks so far, by its name without the prefix. */
  public double value(String name) {
    double value = finished.getOrDefault(name, 0.0);
    for (Map<String, Double> task : running.values()) {
      value += task.getOrDefault(name, 0.0);
    }
    return value;
  }

  @Override
  void running(long task, Iterable<AccumulableInfo> updates) {
    Map<String, Double> counts = counts(updates);
    if (!counts.isEmpty()) {
      running.put(task, counts);
      watchers.forEach(Runnable::run);
    }
  }

  @Override
  void ended(TaskInfo task, Iterable<AccumulableInfo> updates) {
    running.remove(task.taskId());
    if (task.successful()) {
      counts(updates).forEach((name, count) -> finished.merge(name, count, Double::sum));
    }
    watchers.forEach(Runnable::run);
  }

  private static Map<String, Double> counts(Iterable<AccumulableInfo> updates) {
    Map<String, Double> counts = new HashMap<>();
    for (AccumulableInfo info : updates) {
      boolean ours = info.name().isDefined() && info.name().get().startsWith(PREFIX);
      if (ours && info.update().isDefined() && info.update().get() instanceof Number number) {
        counts.put(info.name().get().substring(PREFIX.length()), number.doubleValue());
      }
    }
    return counts;
  }
}
