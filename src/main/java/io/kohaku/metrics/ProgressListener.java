package io.kohaku.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.Tuple4;
import scala.collection.JavaConverters;

/**
 * Follows the named accumulators {@code kohaku.…} while tasks run: finished tasks count in full,
 * running ones with what their executor's last heartbeat said.
 */
public final class ProgressListener extends SparkListener {
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
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.taskInfo() == null) {
      return;
    }
    running.remove(end.taskInfo().taskId());
    if (end.taskInfo().successful()) {
      updates(JavaConverters.asJavaIterable(end.taskInfo().accumulables()))
          .forEach((name, update) -> finished.merge(name, update, Double::sum));
    }
    watchers.forEach(Runnable::run);
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    for (Tuple4<Object, Object, Object, scala.collection.Seq<AccumulableInfo>> task :
        JavaConverters.asJavaIterable(heartbeat.accumUpdates())) {
      Map<String, Double> updates = updates(JavaConverters.asJavaIterable(task._4()));
      if (!updates.isEmpty()) {
        running.put((Long) task._1(), updates);
      }
    }
    watchers.forEach(Runnable::run);
  }

  private static Map<String, Double> updates(Iterable<AccumulableInfo> accumulables) {
    Map<String, Double> updates = new HashMap<>();
    for (AccumulableInfo info : accumulables) {
      boolean ours = info.name().isDefined() && info.name().get().startsWith(PREFIX);
      if (ours && info.update().isDefined() && info.update().get() instanceof Number number) {
        updates.put(info.name().get().substring(PREFIX.length()), number.doubleValue());
      }
    }
    return updates;
  }
}
