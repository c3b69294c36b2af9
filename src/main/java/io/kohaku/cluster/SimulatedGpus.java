package io.kohaku.cluster;

import org.apache.spark.SparkConf;

/**
 * GPUs that exist only by name: a cluster without any hands out addresses of made-up ones, so that
 * its scheduling can be tried, and tasks compute on the CPU.
 *
 * <p>{@code jobs/discover-gpus.sh} makes them up where {@code KOHAKU_SIMULATED_GPUS} says how many;
 * executors need the same variable.
 */
final class SimulatedGpus {
  private static final String VARIABLE = "KOHAKU_SIMULATED_GPUS";

  private SimulatedGpus() {}

  /** Whether the GPUs that tasks are given are made up. */
  static boolean present() {
    return named(System.getenv(VARIABLE));
  }

  /** Whether executors' GPUs are, as the driver's configuration tells. */
  static boolean ofExecutors(SparkConf conf) {
    return named(conf.get("spark.executorEnv." + VARIABLE, ""));
  }

  private static boolean named(String count) {
    return count != null && !count.isBlank();
  }
}
