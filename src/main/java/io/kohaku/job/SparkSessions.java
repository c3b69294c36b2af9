package io.kohaku.job;

import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * The one Spark session of an application, started when a stage first asks for it: an application
 * that finds everything up to date never starts one.
 */
final class SparkSessions implements Supplier<SparkSession>, AutoCloseable {
  private final String application;
  private SparkSession session;

  SparkSessions(String application) {
    this.application = application;
  }

  @Override
  public SparkSession get() {
    if (session == null) {
      session = SparkSession.builder().appName("kohaku " + application).getOrCreate();
    }
    return session;
  }

  @Override
  public void close() {
    if (session != null) {
      session.stop();
    }
  }
}
