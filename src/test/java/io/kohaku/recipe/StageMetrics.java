package io.kohaku.recipe;

import com.codahale.metrics.Gauge;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/** Reads a stage's gauges where Spark's sinks and servlets find them. */
final class StageMetrics {
  private StageMetrics() {}

  static Map<String, Double> of(String stage) {
    Source source = SparkEnv.get().metricsSystem().getSourcesByName("kohaku." + stage).head();
    Map<String, Double> values = new TreeMap<>();
    for (Map.Entry<?, ?> gauge : ((Map<?, ?>) source.metricRegistry().getGauges()).entrySet()) {
      values.put((String) gauge.getKey(), (Double) ((Gauge<?>) gauge.getValue()).getValue());
    }
    return values;
  }
}
