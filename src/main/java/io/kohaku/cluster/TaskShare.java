package io.kohaku.cluster;

import io.kohaku.settings.ClusterSettings;
import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * What one task of a heavy stage takes of its executor, where an application's other tasks take
 * less: many table tasks side by side on executors of which the same application later gives each
 * task a whole one with its GPU.
 *
 * <p>Executors are the same for all stages: Spark starts others for a stage under dynamic
 * allocation alone, and that it refuses for barrier stages.
 *
 * @param cpus cores of a task; 0: as {@code spark.task.cpus} says
 * @param gpus GPUs of a task
 */
public record TaskShare(int cpus, int gpus) implements Serializable {
  /** What any task of the application takes. */
  public static final TaskShare ANY = new TaskShare(0, 0);

  /** What the settings say of one task of encode and train. */
  public static TaskShare of(ClusterSettings settings) {
    return new TaskShare(settings.taskCpus(), settings.taskGpus());
  }

  /** The profile to run such a stage with; none where tasks are all alike, and in local mode. */
  public Optional<ResourceProfile> profile(SparkContext spark) {
    if (cpus == 0 || spark.isLocal()) {
      return Optional.empty();
    }
    TaskResourceRequests requests = new TaskResourceRequests().cpus(cpus);
    if (gpus > 0) {
      requests.resource("gpu", gpus);
    }
    return Optional.of(new ResourceProfileBuilder().require(requests).build());
  }
}
