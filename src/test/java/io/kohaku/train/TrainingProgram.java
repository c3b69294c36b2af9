package io.kohaku.train;

import io.kohaku.cli.ExitCode;
import io.kohaku.train.loop.IntervalSampler;
import io.kohaku.train.loop.TrainOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.spark.sql.SparkSession;

/** Trains on a prepared site as a process of its own, which a test may kill or stop. */
final class TrainingProgram {
  /** What a round of pictures takes: time in which a test can do its worst. */
  private static final long PICTURE_MILLIS = 250;

  private TrainingProgram() {}

  /** System property with further options for the executors' JVMs. */
  private static final String OPTIONS = "kohaku.executor.options";

  /** Takes the site's folder, the run's name, the master and settings. */
  public static void main(String[] arguments) {
    TrainingSite site = new TrainingSite(Path.of(arguments[0]));
    String[] settings = Arrays.copyOfRange(arguments, 3, arguments.length);
    int code = 0;
    try (SparkSession spark = session(arguments[2])) {
      spark.sparkContext().setLogLevel("WARN");
      TrainOutcome outcome =
          TrainStage.run(
              spark,
              site.inputs(arguments[1]),
              site.settings(settings),
              (all, folder, networks) -> new Pause());
      System.out.println(outcome);
    } catch (Exception e) {
      e.printStackTrace(System.out);
      code = ExitCode.of(e).value();
    }
    // In local mode the timer that Spark makes for barriers would keep the process alive.
    System.exit(code);
  }

  /** Takes its time and draws nothing. */
  private record Pause() implements IntervalSampler {
    @Override
    public void sample(long update) throws IOException {
      try {
        Thread.sleep(PICTURE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      // Nothing was opened.
    }
  }

  private static SparkSession session(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("training program")
        .config("spark.ui.enabled", false)
        .config("spark.decommission.enabled", true)
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.executor.memory", "768m")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config(
            "spark.executor.extraJavaOptions",
            "-Dai.djl.offline=true " + System.getProperty(OPTIONS, ""))
        .config("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s")
        .getOrCreate();
  }
}
