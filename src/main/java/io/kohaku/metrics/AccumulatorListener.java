package io.kohaku.metrics;

import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.TaskInfo;
import scala.Tuple4;
import scala.collection.JavaConverters;

/** Hears what tasks have given to accumulators: with each heartbeat, and at their end. */
abstract class AccumulatorListener extends SparkListener {
  /** A running task has given this so far. */
  abstract void running(long task, Iterable<AccumulableInfo> updates);

  /** A task has ended, well or not, having given this. */
  abstract void ended(TaskInfo task, Iterable<AccumulableInfo> updates);

  @Override
  public final void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    for (Tuple4<Object, Object, Object, scala.collection.Seq<AccumulableInfo>> task :
        JavaConverters.asJavaIterable(heartbeat.accumUpdates())) {
      running((Long) task._1(), JavaConverters.asJavaIterable(task._4()));
    }
  }

  @Override
  public final void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.taskInfo() != null) {
      ended(end.taskInfo(), JavaConverters.asJavaIterable(end.taskInfo().accumulables()));
    }
  }
}
