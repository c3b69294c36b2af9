package io.kohaku.metrics;

import io.kohaku.provenance.Manifest;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;

/**
 * What a stage counts, in the driver's metrics: gauges {@code kohaku.<stage>.*}.
 *
 * <p>While tasks run: how many are done, how many of them each second since the stage began, and
 * how many were rejected, as old as the executors' last heartbeat. When the stage is published: its
 * counts, rows and rejects by reason, which stay until the application ends or the stage runs
 * again.
 */
public final class StageGauges implements AutoCloseable {
  private static final String REJECTS = "rejects";

  private final String stage;
  private final long start = System.nanoTime();
  private Gauges gauges;
  private Runnable unfollow = () -> {};

  public StageGauges(String stage) {
    this.stage = stage;
  }

  /** The stage's name. */
  public String stage() {
    return stage;
  }

  /**
   * Follows the accumulators {@code kohaku.<noun>} and {@code kohaku.rejects} until the end.
   *
   * @return what follows them, for others that watch
   */
  public ProgressListener follow(SparkContext spark, String noun) {
    close();
    ProgressListener listener = new ProgressListener();
    listener.watch(() -> take(listener, noun));
    spark.addSparkListener(listener);
    unfollow = () -> spark.removeSparkListener(listener);
    return listener;
  }

  private void take(ProgressListener listener, String noun) {
    double done = listener.value(noun);
    set(
        Map.of(
            noun,
            done,
            noun + "_per_second",
            done * 1e9 / (System.nanoTime() - start),
            REJECTS,
            listener.value(REJECTS)));
  }

  /** Shows what the stage has published. */
  public void publish(Manifest manifest) {
    Map<String, Double> values = new HashMap<>();
    manifest.counts().forEach((name, count) -> values.put(name, (double) count));
    manifest
        .outputs()
        .forEach((name, output) -> values.put("rows." + name, (double) output.rows()));
    manifest
        .rejects()
        .forEach((reason, count) -> values.put(REJECTS + "." + reason, (double) count));
    double rejects = manifest.rejects().values().stream().mapToLong(Long::longValue).sum();
    values.put(REJECTS, rejects);
    values.put("seconds", manifest.seconds());
    close();
    set(values);
  }

  /** A stage that needed no Spark has no metrics system to show anything in. */
  private synchronized void set(Map<String, Double> values) {
    if (gauges == null && SparkEnv.get() != null) {
      gauges = Gauges.register("kohaku." + stage);
    }
    if (gauges != null) {
      gauges.set(values);
    }
  }

  /** Follows nothing any more; what was shown stays. */
  @Override
  public void close() {
    unfollow.run();
    unfollow = () -> {};
  }
}
