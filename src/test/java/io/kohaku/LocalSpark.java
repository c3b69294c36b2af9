package io.kohaku;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** One Spark session on two threads for all tests of a JVM. */
public final class LocalSpark {
  private static SparkSession session;

  private LocalSpark() {}

  /** The session; starts one if there is none. */
  public static synchronized SparkSession session() {
    if (session == null || session.sparkContext().isStopped()) {
      session = start();
    }
    return session;
  }

  /** Makes room for another context: a JVM has one. */
  public static synchronized void stop() {
    if (session != null) {
      session.stop();
    }
  }

  private static SparkSession start() {
    Path target = Path.of("target").toAbsolutePath();
    SparkSession started =
        SparkSession.builder()
            .master("local[2]")
            .appName("tests")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.default.parallelism", 2)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.local.dir", target.resolve("tmp").toString())
            .config("spark.sql.warehouse.dir", target.resolve("warehouse").toUri().toString())
            .getOrCreate();
    started.sparkContext().setLogLevel("ERROR");
    return started;
  }
}
