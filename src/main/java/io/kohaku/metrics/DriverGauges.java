package io.kohaku.metrics;

import io.kohaku.ownership.Closer;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.TaskInfo;

/** Shows in the driver's metrics what a task on some executor last gave to an accumulator. */
public final class DriverGauges extends AccumulatorListener implements AutoCloseable {
  private final SparkContext spark;
  private final LatestValues values = new LatestValues();
  private final Gauges gauges;

  private DriverGauges(SparkContext spark, Gauges gauges) {
    this.spark = spark;
    this.gauges = gauges;
  }

  /** Gauges under a name, which is also that of the accumulator they follow. */
  public static DriverGauges register(SparkContext spark, String name) {
    try (Closer opening = new Closer()) {
      DriverGauges followers = new DriverGauges(spark, opening.add(Gauges.register(name)));
      spark.register(followers.values, name);
      spark.addSparkListener(followers);
      opening.release();
      return followers;
    }
  }

  /** The accumulator to give numbers to, in one task. */
  public LatestValues values() {
    return values;
  }

  @Override
  void running(long task, Iterable<AccumulableInfo> updates) {
    take(updates);
  }

  @Override
  void ended(TaskInfo task, Iterable<AccumulableInfo> updates) {
    take(updates);
  }

  private void take(Iterable<AccumulableInfo> updates) {
    for (AccumulableInfo info : updates) {
      boolean ours = info.id() == values.id() && info.update().isDefined();
      if (ours && info.update().get() instanceof Map<?, ?> update) {
        Map<String, Double> newer = new HashMap<>();
        update.forEach((name, value) -> newer.put((String) name, (Double) value));
        gauges.set(newer);
      }
    }
  }

  @Override
  public void close() {
    try {
      spark.removeSparkListener(this);
    } finally {
      gauges.close();
    }
  }
}
