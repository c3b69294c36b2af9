package io.kohaku.cluster;

import io.kohaku.device.DeviceWish;
import io.kohaku.device.Gpus;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkConf;

/**
 * Whether the tasks of a heavy stage compute on GPUs, as the driver knows before any of them runs.
 */
public final class GpuTasks {
  private GpuTasks() {}

  /**
   * In local mode tasks take the GPUs that this process sees; on a cluster those that Spark gives
   * to them. GPUs that executors see and Spark was not told of do not count, nor do simulated ones.
   *
   * @param wish what is to compute
   * @param share what one task takes
   * @param conf the application's
   */
  public static boolean expected(DeviceWish wish, TaskShare share, SparkConf conf) {
    return switch (wish.processor()) {
      case CPU -> false;
      case GPU -> !SimulatedGpus.present() && !SimulatedGpus.ofExecutors(conf);
      case AUTO -> expected(share, conf, () -> seen(wish));
    };
  }

  /** Libtorch, which takes a second to load, is asked only where there is something to see. */
  private static boolean seen(DeviceWish wish) {
    return Gpus.possible() && DeviceChoice.ofDriver().device(wish).isGpu();
  }

  /**
   * Where the settings leave it open.
   *
   * @param here whether this process sees a GPU, asked in local mode alone
   */
  static boolean expected(TaskShare share, SparkConf conf, BooleanSupplier here) {
    if (conf.get("spark.master", "local").matches("local(\\[.*)?")) {
      return here.getAsBoolean();
    }
    if (SimulatedGpus.present() || SimulatedGpus.ofExecutors(conf)) {
      return false;
    }
    return share.cpus() == 0
        ? conf.getDouble("spark.task.resource.gpu.amount", 0) > 0
        : share.gpus() > 0;
  }
}
