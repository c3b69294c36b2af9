package io.kohaku.engine;

import java.util.function.Supplier;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * The one Spark session of an application, started when a stage first asks for it: an application
 * that finds everything up to date never starts one.
 */
public final class SparkSessions implements Supplier<SparkSession>, AutoCloseable {
  private static final String LOCALITY_WAIT = "spark.locality.wait";

  private final String application;
  private SparkSession session;

  public SparkSessions(String application) {
    this.application = application;
  }

  @Override
  public SparkSession get() {
    if (session == null) {
      SparkConf conf = settled(new SparkConf()).setAppName("kohaku " + application);
      session = SparkSession.builder().config(conf).getOrCreate();
    }
    return session;
  }

  /**
   * The configuration without a wait for machines that hold the data, if the master is this process
   * alone: nothing wakes its scheduler when the wait is over, so tasks whose data lies elsewhere
   * would wait for ever once no other task runs.
   */
  static SparkConf settled(SparkConf conf) {
    return conf.get("spark.master", "").matches("local(\\[.*)?")
        ? conf.setIfMissing(LOCALITY_WAIT, "0s")
        : conf;
  }

  @Override
  public void close() {
    if (session != null) {
      session.stop();
    }
  }
}
