package io.kohaku.benchmark;

import io.kohaku.caption.CaptionStage;
import io.kohaku.caption.QualityEstimator;
import io.kohaku.caption.QualityThresholds;
import io.kohaku.post.screen.ScreenedTable;
import io.kohaku.post.select.SelectStage;
import io.kohaku.post.select.Selection;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Posts to captions on two threads, from the start of the JVM to the last Parquet file: select
 * (draw and filter), fit the quality thresholds, caption.
 *
 * <p>Usage: {@code PostsBenchmark POSTS OUT POSTS_DRAWN_BELOW_5_MILLION}; the rate comes last, on a
 * line of its own.
 */
public final class PostsBenchmark {
  private PostsBenchmark() {}

  /** Runs once and prints seconds of each step, the greatest heap and the rate. */
  public static void main(String[] arguments) throws IOException {
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    Settings settings =
        SettingsSource.read(
                List.of(),
                List.of(
                    "posts.path=\"" + arguments[0] + "\"",
                    "posts.bands=[{from=5000000}, {from=0, until=5000000, take=%s}]"
                        .formatted(arguments[2])))
            .settings();
    try (SparkSession spark = session()) {
      double started = seconds(start);
      String screened = arguments[1] + "/screened";
      SelectStage.screen(spark, settings.posts())
          .write()
          .partitionBy(ScreenedTable.OUTCOME)
          .parquet(screened);
      double read = seconds(start);
      Dataset<Row> written = spark.read().schema(ScreenedTable.schema()).parquet(screened);
      Selection selection = SelectStage.split(written, settings.posts());
      double split = seconds(start);
      QualityThresholds thresholds =
          QualityEstimator.of(settings.captions().quality()).fit(selection.posts()).thresholds();
      double fitted = seconds(start);
      CaptionStage.run(selection.posts(), settings.captions(), Optional.of(thresholds))
          .write()
          .parquet(arguments[1] + "/captions");
      double end = seconds(start);
      System.out.printf(
          "start %.2f s, select %.2f s, duplicates and counts %.2f s, fit %.2f s, caption %.2f s%n",
          started, read - started, split - read, fitted - split, end - fitted);
      System.out.println(selection.counts());
      System.out.printf(
          "greatest heap %d MiB, CPU %.1f s%n", greatestHeap() >> 20, processorSeconds());
      System.out.printf("%.2f s => %.0f posts/s%n", end, selection.counts().read() / end);
    }
  }

  private static SparkSession session() {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("posts")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    return spark;
  }

  private static double seconds(long start) {
    return (System.currentTimeMillis() - start) / 1000.0;
  }

  private static double processorSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1000.0;
  }

  private static long greatestHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
