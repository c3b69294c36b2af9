package io.kohaku.cluster;

import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.resource.ResourceProfile;

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
  static void requireSlots(
      SparkContext spark, BarrierSettings wanted, Optional<ResourceProfile> resources)
      throws InterruptedException {
    ResourceProfile profile =
        resources.orElseGet(() -> spark.resourceProfileManager().defaultResourceProfile());
    resources.ifPresent(spark.resourceProfileManager()::addResourceProfile);
    long deadline = System.nanoTime() + wanted.slotTimeout().toNanos();
    int slots = spark.maxNumConcurrentTasks(profile);
    while (slots < wanted.ranks() && System.nanoTime() < deadline) {
      Thread.sleep(POLL_MILLIS);
      slots = spark.maxNumConcurrentTasks(profile);
    }
    if (slots < wanted.ranks()) {
      throw new UnsuitableClusterException(
          "Cannot start %s ranks: the application has %s slots on %s executors after %s s (one rank needs %s; give more executors or fewer ranks)"
              .formatted(
                  wanted.ranks(),
                  slots,
                  executors(spark),
                  wanted.slotTimeout().toSeconds(),
                  needs(spark.getConf(), resources.map(own -> wanted.share()))));
    }
  }

  private static int executors(SparkContext spark) {
    int all = spark.getExecutorMemoryStatus().size();
    return spark.isLocal() ? all : all - 1;
  }

  private static String needs(SparkConf conf, Optional<TaskShare> own) {
    String cpus =
        own.map(share -> String.valueOf(share.cpus()))
            .orElseGet(() -> conf.get("spark.task.cpus", "1"));
    String gpus =
        own.map(share -> String.valueOf(share.gpus()))
            .orElseGet(() -> conf.get("spark.task.resource.gpu.amount", "0"));
    return cpus + " cores" + (gpus.equals("0") ? "" : " and " + gpus + " GPU");
  }
}
