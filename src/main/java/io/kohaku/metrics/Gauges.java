package io.kohaku.metrics;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;
import scala.collection.JavaConverters;

/**
 * Named numbers of this process in Spark's metrics system, where its sinks and servlets find them.
 */
public final class Gauges implements Source, AutoCloseable {
  private final String name;
  private final MetricRegistry registry = new MetricRegistry();
  private final Map<String, Double> values = new ConcurrentHashMap<>();

  private Gauges(String name) {
    this.name = name;
  }

  /**
   * Gauges that the metrics of this driver or executor hold under a name until they are closed or
   * others take the name.
   *
   * @param name Spark puts application and executor before it
   */
  public static Gauges register(String name) {
    MetricsSystem metrics = SparkEnv.get().metricsSystem();
    JavaConverters.seqAsJavaList(metrics.getSourcesByName(name)).forEach(metrics::removeSource);
    Gauges gauges = new Gauges(name);
    metrics.registerSource(gauges);
    return gauges;
  }

  /** Takes newer numbers; {@code a/b} becomes the gauge {@code a.b}. */
  public void set(Map<String, Double> newer) {
    newer.forEach(
        (path, value) -> {
          String gauge = path.replace('/', '.');
          if (values.put(gauge, value) == null) {
            registry.register(gauge, (Gauge<Double>) () -> values.get(gauge));
          }
        });
  }

  @Override
  public String sourceName() {
    return name;
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  @Override
  public void close() {
    SparkEnv environment = SparkEnv.get();
    if (environment != null) {
      environment.metricsSystem().removeSource(this);
    }
  }
}
