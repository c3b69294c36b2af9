package io.kohaku;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** One Spark session on two threads for all tests of a JVM. */
public final class LocalSpark {
  private LocalSpark() {}

  /** The session; the first call starts it. */
  public static SparkSession session() {
    return Holder.SESSION;
  }

  private static final class Holder {
    private static final SparkSession SESSION = start();

    private static SparkSession start() {
      SparkSession session =
          SparkSession.builder()
              .master("local[2]")
              .appName("tests")
              .config("spark.ui.enabled", false)
              .config("spark.sql.shuffle.partitions", 2)
              .config("spark.default.parallelism", 2)
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.driver.host", "127.0.0.1")
              .config("spark.local.dir", Path.of("target", "tmp").toAbsolutePath().toString())
              .config("spark.sql.warehouse.dir", Path.of("target", "warehouse").toUri().toString())
              .getOrCreate();
      session.sparkContext().setLogLevel("ERROR");
      return session;
    }
  }
}
