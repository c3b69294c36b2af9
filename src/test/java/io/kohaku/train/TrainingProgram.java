package io.kohaku.train;

import java.nio.file.Path;
import java.util.Arrays;
import org.apache.spark.sql.SparkSession;

/** Trains on a prepared site as a process of its own, which a test may kill or stop. */
final class TrainingProgram {
  private TrainingProgram() {}

  /** Takes the site's folder, the run's name, the master and settings. */
  public static void main(String[] arguments) throws Exception {
    TrainingSite site = new TrainingSite(Path.of(arguments[0]));
    String[] settings = Arrays.copyOfRange(arguments, 3, arguments.length);
    try (SparkSession spark = session(arguments[2])) {
      spark.sparkContext().setLogLevel("WARN");
      TrainOutcome outcome =
          TrainStage.run(spark, site.inputs(arguments[1]), site.settings(settings));
      System.out.println(outcome);
    }
    // In local mode the timer that Spark makes for barriers would keep the process alive.
    System.exit(0);
  }

  private static SparkSession session(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("training program")
        .config("spark.ui.enabled", false)
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.executor.memory", "768m")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.executor.extraJavaOptions", "-Dai.djl.offline=true")
        .config("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s")
        .getOrCreate();
  }
}
