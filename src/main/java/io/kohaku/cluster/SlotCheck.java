package io.kohaku.cluster;

import java.time.Duration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/** Says before a barrier stage starts, and with numbers, why it could not run. */
final class SlotCheck {
  private static final long POLL_MILLIS = 200;

  private SlotCheck() {}

  /** Refuses the settings under which Spark rejects or spoils a barrier stage. */
  static void requireSuitable(SparkConf conf) {
    refuse(conf, "spark.dynamicAllocation.enabled", "a barrier stage needs fixed executors");
    refuse(conf, "spark.speculation", "a second copy of a rank would train on its own");
    boolean local = conf.get("spark.master").matches("local(\\[.*])?");
    if (local && conf.contains("spark.task.resource.gpu.amount")) {
      throw new UnsuitableClusterException(
          "Invalid spark.task.resource.gpu.amount: %s (in local mode Spark would wait for ever; remove it, ranks take the visible GPUs in turn)"
              .formatted(conf.get("spark.task.resource.gpu.amount")));
    }
  }

  private static void refuse(SparkConf conf, String key, String why) {
    if (conf.getBoolean(key, false)) {
      throw new UnsuitableClusterException(
          "Invalid %s: true (%s; set %s=false)".formatted(key, why, key));
    }
  }

  /** Waits for so many slots at once; a shortage ends in an error that counts them. */
  static void requireSlots(SparkContext spark, int ranks, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    int slots = slots(spark);
    while (slots < ranks && System.nanoTime() < deadline) {
      Thread.sleep(POLL_MILLIS);
      slots = slots(spark);
    }
    if (slots < ranks) {
      throw new UnsuitableClusterException(
          "Cannot start %d ranks: the application has %d slots on %d executors after %d s (one rank needs %s cores%s; give more executors or fewer ranks)"
              .formatted(
                  ranks,
                  slots,
                  executors(spark),
                  timeout.toSeconds(),
                  spark.getConf().get("spark.task.cpus", "1"),
                  gpus(spark.getConf())));
    }
  }

  private static int slots(SparkContext spark) {
    return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
  }

  private static int executors(SparkContext spark) {
    int all = spark.getExecutorMemoryStatus().size();
    return spark.isLocal() ? all : all - 1;
  }

  private static String gpus(SparkConf conf) {
    String key = "spark.task.resource.gpu.amount";
    return conf.contains(key) ? " and " + conf.get(key) + " GPU" : "";
  }
}
