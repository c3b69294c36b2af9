package io.kohaku.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.cluster.ring.Ring;
import io.kohaku.cluster.ring.RingAllReduce;
import io.kohaku.cluster.ring.Secret;
import io.kohaku.metrics.DriverGauges;
import io.kohaku.metrics.LatestValues;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BarrierStageIT {
  private static final Duration BRIEF = Duration.ofSeconds(2);

  /** These tests set up contexts of their own. */
  @BeforeAll
  static void stopTheSharedSpark() {
    LocalSpark.stop();
  }

  @Test
  void ranksMeetAndSum() throws Exception {
    try (JavaSparkContext spark = local(3)) {
      Secret secret = Secret.random();
      List<String> results =
          new BarrierStage(spark, new BarrierSettings(3, BRIEF, BRIEF))
              .run("sum", context -> sum(context, secret));
      assertThat(results)
          .containsExactly("rank 0 of 3: 6.0", "rank 1 of 3: 6.0", "rank 2 of 3: 6.0");
    }
  }

  private static String sum(RankContext context, Secret secret) throws Exception {
    try (AllReduce ring =
        RingAllReduce.join(
            context.rank(), context.host(), context.rendezvous(), secret, Ring.OPTIONS)) {
      ByteBuffer buffer = Ring.buffer(1 + context.rank().index());
      ring.sum(buffer);
      return context.rank() + ": " + Ring.values(buffer)[0];
    }
  }

  @Test
  void numbersOfATaskReachThePrometheusServlet() throws Exception {
    SparkConf conf =
        conf(1)
            .set("spark.ui.enabled", "true")
            .set("spark.ui.port", "0")
            .set(
                "spark.metrics.conf.*.sink.prometheusServlet.class",
                "org.apache.spark.metrics.sink.PrometheusServlet")
            .set("spark.metrics.conf.*.sink.prometheusServlet.path", "/metrics/prometheus");
    try (JavaSparkContext spark = new JavaSparkContext(conf);
        DriverGauges gauges = DriverGauges.register(spark.sc(), "kohaku.training")) {
      LatestValues values = gauges.values();
      new BarrierStage(spark, new BarrierSettings(1, BRIEF, BRIEF))
          .run(
              "tell",
              context -> {
                values.add(Map.of("train/loss", 2.0));
                values.add(Map.of("train/loss", 0.5, "time/reducing", 0.125));
                return "";
              });
      spark.sc().listenerBus().waitUntilEmpty();
      URI metrics = URI.create(spark.sc().uiWebUrl().get() + "/metrics/prometheus/");
      try (InputStream page = metrics.toURL().openStream()) {
        assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8).lines())
            .anyMatch(line -> line.matches("metrics_.*_kohaku_training_train_loss_Value.* 0.5"))
            .anyMatch(line -> line.matches("metrics_.*_kohaku_training_time_reducing_V.* 0.125"));
      }
    }
  }

  @Test
  void allRanksStartAgainWhenOneFails() throws Exception {
    try (JavaSparkContext spark = local(2)) {
      List<String> results =
          new BarrierStage(spark, new BarrierSettings(2, BRIEF, BRIEF))
              .run("fail once", BarrierStageIT::failOnce);
      assertThat(results).containsExactly("rank 0 of 2 attempt 1", "rank 1 of 2 attempt 1");
    }
  }

  private static String failOnce(RankContext context) {
    context.rendezvous().allGather("here");
    if (context.attempt() == 0 && context.rank().first()) {
      throw new IllegalStateException("rank 0 fails on purpose");
    }
    return context.rank() + " attempt " + context.attempt();
  }

  @Test
  void aShortageIsToldInSecondsWithNumbers() {
    try (JavaSparkContext spark = local(2)) {
      long start = System.nanoTime();
      assertThatThrownBy(
              () ->
                  new BarrierStage(spark, new BarrierSettings(3, BRIEF, BRIEF))
                      .run("too many", context -> ""))
          .hasMessage(
              "Cannot start 3 ranks: the application has 2 slots on 1 executors after 2 s (one rank needs 1 cores; give more executors or fewer ranks)");
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(6));
    }
  }

  @Test
  void unsuitableSettingsAreNamed() {
    SparkConf dynamic = new SparkConf(false).set("spark.master", "yarn");
    dynamic.set("spark.dynamicAllocation.enabled", "true");
    assertThatThrownBy(() -> SlotCheck.requireSuitable(dynamic))
        .hasMessage(
            "Invalid spark.dynamicAllocation.enabled: true (a barrier stage needs fixed executors; set spark.dynamicAllocation.enabled=false)");
    SparkConf speculation = new SparkConf(false).set("spark.master", "yarn");
    speculation.set("spark.speculation", "true");
    assertThatThrownBy(() -> SlotCheck.requireSuitable(speculation))
        .hasMessageStartingWith("Invalid spark.speculation: true (");
    SparkConf gpu = new SparkConf(false).set("spark.master", "local[2]");
    gpu.set("spark.task.resource.gpu.amount", "1");
    assertThatThrownBy(() -> SlotCheck.requireSuitable(gpu))
        .hasMessageStartingWith("Invalid spark.task.resource.gpu.amount: 1 (in local mode");
  }

  private static JavaSparkContext local(int slots) {
    return new JavaSparkContext(conf(slots));
  }

  private static SparkConf conf(int slots) {
    return new SparkConf()
        .setMaster("local[" + slots + "]")
        .setAppName("barrier stage")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.ui.enabled", "false");
  }
}
