package io.kohaku.metrics;

import java.util.Map;
import org.apache.spark.util.AccumulatorV2;

/**
 * An accumulator that keeps the last numbers that a task gave it; heartbeats carry them to the
 * driver while the task runs.
 *
 * <p>One task alone should give it numbers: of two, either's may be the last.
 */
public final class LatestValues extends AccumulatorV2<Map<String, Double>, Map<String, Double>> {
  private static final long serialVersionUID = 1L;

  // Replaced as a whole: a heartbeat reads it while the task writes.
  private volatile Map<String, Double> latest = Map.of();

  @Override
  public boolean isZero() {
    return latest.isEmpty();
  }

  @Override
  public LatestValues copy() {
    LatestValues copy = new LatestValues();
    copy.latest = latest;
    return copy;
  }

  @Override
  public void reset() {
    latest = Map.of();
  }

  @Override
  public void add(Map<String, Double> newer) {
    latest = Map.copyOf(newer);
  }

  @Override
  public void merge(AccumulatorV2<Map<String, Double>, Map<String, Double>> other) {
    if (!other.isZero()) {
      latest = other.value();
    }
  }

  @Override
  public Map<String, Double> value() {
    return latest;
  }
}
