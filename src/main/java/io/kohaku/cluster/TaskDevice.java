package io.kohaku.cluster;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.kohaku.tensor.SimulatedGpus;
import org.apache.spark.TaskContext;

/** Where the current Spark task computes. */
public final class TaskDevice {
  private TaskDevice() {}

  /** The GPU that Spark gave this task, else one in turn by partition, else the CPU. */
  public static Device current() {
    if (SimulatedGpus.present()) {
      return Device.cpu();
    }
    TaskContext task = TaskContext.get();
    if (task.resources().contains("gpu")) {
      return Device.gpu(Integer.parseInt(task.resources().apply("gpu").addresses()[0]));
    }
    int gpus = Engine.getEngine("PyTorch").getGpuCount();
    return gpus == 0 ? Device.cpu() : Device.gpu(task.partitionId() % gpus);
  }
}
