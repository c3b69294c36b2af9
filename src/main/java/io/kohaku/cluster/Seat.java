package io.kohaku.cluster;

import io.kohaku.cluster.ring.Rank;
import io.kohaku.cluster.ring.Rendezvous;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/**
 * Where one rank's task sits.
 *
 * @param rank which participant it is
 * @param attempt how often the stage was started before, from 0
 * @param host the name under which the other ranks reach this machine
 * @param accelerator which accelerator of its machine belongs to the task
 * @param rendezvous where it meets the other ranks
 * @param stopRequested true once the task is asked to end soon: its driver or its executor stops
 */
public record Seat(
    Rank rank,
    int attempt,
    String host,
    Accelerator accelerator,
    Rendezvous rendezvous,
    BooleanSupplier stopRequested) {

  /**
   * Which accelerator belongs to a task.
   *
   * @param assigned the index that the cluster gave to the task, if it gave one
   * @param shared whether all ranks sit in one process and share its accelerators out themselves
   */
  public record Accelerator(OptionalInt assigned, boolean shared) {}

  /**
   * The accelerator to compute on, empty for the CPU.
   *
   * @param visible how many accelerators this process sees
   */
  public OptionalInt device(int visible) {
    if (accelerator.assigned().isPresent()) {
      return OptionalInt.of(assigned(accelerator.assigned().getAsInt(), visible));
    }
    if (visible == 0) {
      return OptionalInt.empty();
    }
    if (accelerator.shared()) {
      return OptionalInt.of(rank.index() % visible);
    }
    if (visible > 1) {
      throw new IllegalStateException(
          "Missing device of %s: its executor sees %d GPUs and was assigned none (set spark.executor.resource.gpu.amount and spark.task.resource.gpu.amount)"
              .formatted(rank, visible));
    }
    return OptionalInt.of(0);
  }

  private int assigned(int index, int visible) {
    if (index >= visible) {
      throw new IllegalStateException(
          "Missing device of %s: it was assigned GPU %d and its executor sees %d GPUs (build with -Dgpu, and put the folder of libcudart.so into LD_LIBRARY_PATH)"
              .formatted(rank, index, visible));
    }
    return index;
  }
}
