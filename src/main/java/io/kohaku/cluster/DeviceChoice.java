package io.kohaku.cluster;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.kohaku.cluster.ring.Rank;
import io.kohaku.tensor.Natives;
import java.util.OptionalInt;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where something computes: the one answer for Spark's tasks, for ranks and for the driver.
 *
 * @param owner who computes, for messages
 * @param assigned the index of the GPU that the cluster gave to it, if it gave one
 * @param turn its place among those that share out the GPUs of their process in turn; empty if it
 *     is alone there
 */
public record DeviceChoice(String owner, OptionalInt assigned, OptionalInt turn) {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceChoice.class);

  /** Of the driver's own work. */
  public static DeviceChoice ofDriver() {
    return new DeviceChoice("the driver", OptionalInt.empty(), OptionalInt.of(0));
  }

  /** Of the current Spark task, which may share its process with others. */
  public static DeviceChoice ofTask() {
    TaskContext task = TaskContext.get();
    int partition = task.partitionId();
    return new DeviceChoice("partition " + partition, assigned(task), OptionalInt.of(partition));
  }

  /** Of a rank that has its process to itself. */
  static DeviceChoice ofRank(Rank rank, TaskContext task) {
    return new DeviceChoice(rank.toString(), assigned(task), OptionalInt.empty());
  }

  /** Of a rank that shares one process with all others. */
  public static DeviceChoice ofSharingRank(Rank rank) {
    return new DeviceChoice(rank.toString(), OptionalInt.empty(), OptionalInt.of(rank.index()));
  }

  private static OptionalInt assigned(TaskContext task) {
    ResourceInformation gpu = task.resourcesJMap().get("gpu");
    return gpu == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(gpu.addresses()[0]));
  }

  /** The device to compute on. */
  public Device device() {
    if (SimulatedGpus.present()) {
      assigned.ifPresent(
          gpu -> LOG.info("{} has the simulated GPU {} and computes on the CPU", owner, gpu));
      return Device.cpu();
    }
    Natives.load();
    OptionalInt gpu = gpu(Engine.getEngine("PyTorch").getGpuCount());
    return gpu.isPresent() ? Device.gpu(gpu.getAsInt()) : Device.cpu();
  }

  /**
   * The GPU to compute on, empty for the CPU.
   *
   * @param visible how many GPUs this process sees
   */
  OptionalInt gpu(int visible) {
    if (assigned.isPresent()) {
      requireVisible(assigned.getAsInt(), visible);
      return assigned;
    }
    if (visible == 0) {
      return OptionalInt.empty();
    }
    if (turn.isPresent()) {
      return OptionalInt.of(turn.getAsInt() % visible);
    }
    if (visible > 1) {
      throw new IllegalStateException(
          "Missing device of %s: its executor sees %s GPUs and was assigned none (set spark.executor.resource.gpu.amount and spark.task.resource.gpu.amount)"
              .formatted(owner, visible));
    }
    return OptionalInt.of(0);
  }

  private void requireVisible(int index, int visible) {
    if (index >= visible) {
      throw new IllegalStateException(
          "Missing device of %s: it was assigned GPU %s and its executor sees %s GPUs (build with -Dgpu, and put the folder of libcudart.so into LD_LIBRARY_PATH)"
              .formatted(owner, index, visible));
    }
  }
}
