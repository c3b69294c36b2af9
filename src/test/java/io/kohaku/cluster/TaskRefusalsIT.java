package io.kohaku.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import io.kohaku.cli.ExitCode;
import io.kohaku.input.UnusableFileException;
import io.kohaku.number.WorthlessResultException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TaskRefusalsIT {
  /** How often a task is tried: far more often than a refusal may be. */
  private static final int FAILURES = 20;

  private static final AtomicInteger ATTEMPTS = new AtomicInteger();

  private JavaSparkContext spark;

  /** A context of its own, in which tasks are tried again. */
  @BeforeEach
  void start() {
    LocalSpark.stop();
    ATTEMPTS.set(0);
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2," + FAILURES + "]")
                .setAppName("refusals")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.ui.enabled", "false"));
    spark.setLogLevel("OFF");
  }

  @AfterEach
  void stop() {
    spark.stop();
  }

  private long count(String failure) {
    return TaskRefusals.ending(
        spark.sc(),
        () -> spark.parallelize(List.of(1, 2), 2).map(i -> attempt(i, failure)).count());
  }

  /** The second task fails, later attempts slowly, so that listeners hear of the first. */
  private static int attempt(int value, String failure) throws InterruptedException {
    if (value == 2) {
      ATTEMPTS.incrementAndGet();
      Thread.sleep(failure.equals("bug") || TaskContext.get().attemptNumber() == 0 ? 0 : 500);
      throw failure(failure);
    }
    return value;
  }

  private static RuntimeException failure(String kind) {
    return switch (kind) {
      case "refused" -> new UnsuitableClusterException("Missing device");
      case "worthless" ->
          new IllegalStateException("while writing", new WorthlessResultException("NaN"));
      case "file" -> new UnusableFileException("Cannot read it");
      default -> new IllegalStateException("a bug");
    };
  }

  @Test
  void whatNoOtherAttemptHelpsIsNotTriedToTheEnd() {
    assertThatThrownBy(() -> count("worthless"))
        .isInstanceOf(WorthlessResultException.class)
        .hasMessage("NaN");
    assertThat(ATTEMPTS).hasValueLessThan(FAILURES);
    ATTEMPTS.set(0);
    assertThatThrownBy(() -> count("file"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("Cannot read it");
    assertThat(ATTEMPTS).hasValueLessThan(FAILURES);
  }

  @Test
  void aRefusedTaskIsNotTriedToTheEnd() {
    assertThatThrownBy(() -> count("refused"))
        .isInstanceOf(UnsuitableClusterException.class)
        .hasMessage("Missing device")
        .matches(e -> ExitCode.of(e) == ExitCode.RESOURCES, "ends with code 4");
    assertThat(ATTEMPTS).hasValueLessThan(FAILURES);
  }

  @Test
  void anyOtherFailureIsTriedAgainAsEver() {
    assertThatThrownBy(() -> count("bug")).hasMessageContaining("a bug");
    assertThat(ATTEMPTS).hasValue(FAILURES);
  }
}
