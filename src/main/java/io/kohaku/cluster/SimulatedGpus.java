package io.kohaku.cluster;

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
    String count = System.getenv(VARIABLE);
    return count != null && !count.isBlank();
  }
}
