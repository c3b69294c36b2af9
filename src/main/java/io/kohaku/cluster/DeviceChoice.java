package io.kohaku.cluster;

import ai.djl.Device;
import io.kohaku.cluster.ring.Rank;
import io.kohaku.device.DeviceWish;
import io.kohaku.device.Gpus;
import io.kohaku.device.Machine;
import io.kohaku.settings.ClusterSettings;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.tensor.Natives;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import org.apache.spark.SparkEnv;
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

  /**
   * The device to compute on, told in the log; loads libtorch.
   *
   * @throws UnsuitableClusterException if libtorch does not see the GPU that it should, or cannot
   *     be loaded
   */
  public Device device(DeviceWish wish) {
    load(wish);
    boolean simulated = SimulatedGpus.present();
    OptionalInt gpu = simulated ? OptionalInt.empty() : gpu(wish, Gpus::count);
    Device device = gpu.isPresent() ? Device.gpu(gpu.getAsInt()) : Device.cpu();
    String instead =
        simulated && assigned.isPresent()
            ? "has the simulated GPU %s and ".formatted(assigned.getAsInt())
            : "";
    LOG.info("{} {}computes on {}", owner, instead, Machine.line(device, wish));
    return device;
  }

  private void load(DeviceWish wish) {
    try {
      wish.prepare();
      Natives.load();
    } catch (SettingsException e) {
      throw new UnsuitableClusterException(
          "Missing device of %s%s: %s".formatted(owner, where(), e.getMessage()));
    } catch (IllegalStateException e) {
      throw new UnsuitableClusterException(
          "Missing device of %s%s: %s%s"
              .formatted(owner, where(), e.getMessage(), Machine.unloaded(wish)));
    }
  }

  /**
   * The GPU to compute on, empty for the CPU.
   *
   * @param count how many GPUs this process sees
   */
  OptionalInt gpu(DeviceWish wish, IntSupplier count) {
    if (wish.processor() == ClusterSettings.Processor.CPU) {
      return OptionalInt.empty();
    }
    int visible = count.getAsInt();
    if (assigned.isPresent()) {
      requireVisible(wish, visible);
      return assigned;
    }
    if (visible == 0) {
      requireNone(wish);
      return OptionalInt.empty();
    }
    if (turn.isPresent()) {
      return OptionalInt.of(turn.getAsInt() % visible);
    }
    if (visible > 1) {
      throw new UnsuitableClusterException(
          "Missing device of %s%s: its executor sees %s GPUs and was assigned none (set spark.executor.resource.gpu.amount and spark.task.resource.gpu.amount)"
              .formatted(owner, where(), visible));
    }
    return OptionalInt.of(0);
  }

  /** The machine, where that is not the driver's. */
  private static String where() {
    SparkEnv process = SparkEnv.get();
    return process == null || process.executorId().equals("driver")
        ? ""
        : " on " + process.blockManager().blockManagerId().host();
  }

  private void requireVisible(DeviceWish wish, int visible) {
    if (assigned.getAsInt() >= visible) {
      throw new UnsuitableClusterException(
          "Missing device of %s%s: it was assigned GPU %s and libtorch sees %s GPUs (%s)"
              .formatted(
                  owner, where(), assigned.getAsInt(), visible, Machine.reason(wish, visible)));
    }
  }

  private void requireNone(DeviceWish wish) {
    if (wish.processor() == ClusterSettings.Processor.GPU) {
      throw new UnsuitableClusterException(
          "Missing device of %s%s: cluster.device is gpu and libtorch sees none (%s)"
              .formatted(owner, where(), Machine.reason(wish, 0)));
    }
  }
}
