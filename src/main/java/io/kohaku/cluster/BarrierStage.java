package io.kohaku.cluster;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.resource.ResourceProfile;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Runs one task per rank, all at the same time, and starts all of them again when one is lost.
 *
 * <p>A driver that is asked to end asks the tasks to end first and waits for them, so they can
 * write down where they are.
 */
public final class BarrierStage {
  private final JavaSparkContext spark;
  private final BarrierSettings settings;

  /** A stage on this context; nothing starts yet. */
  public BarrierStage(JavaSparkContext spark, BarrierSettings settings) {
    this.spark = spark;
    this.settings = settings;
  }

  /**
   * What every rank handed back, by rank.
   *
   * @param name what the stage is called in Spark's pages
   * @throws StageStoppedException if the driver was asked to end meanwhile
   * @throws ExecutorLeavingException if an executor of the stage was decommissioned meanwhile
   * @throws StageFailedException if Spark gave up
   */
  public <T extends Serializable> List<T> run(String name, RankTask<T> task)
      throws InterruptedException {
    SlotCheck.requireSuitable(spark.getConf());
    Optional<ResourceProfile> resources = settings.share().profile(spark.sc());
    SlotCheck.requireSlots(spark.sc(), settings, resources);
    String group = name + " " + UUID.randomUUID();
    Runnable stop = () -> spark.cancelJobGroup(group);
    try (RunningTasks running = new RunningTasks(spark.sc(), group);
        StopSignal signal = new StopSignal(settings.stopTimeout(), stop);
        ExecutorWatch watch = new ExecutorWatch(spark.sc(), running, stop)) {
      spark.setJobGroup(group, name, false);
      try {
        return collect(task, resources);
      } catch (Exception e) {
        // Spark throws its checked exceptions without declaring them.
        if (signal.requested()) {
          throw new StageStoppedException(name, e);
        }
        throw watch.leaving()
            ? new ExecutorLeavingException(name, e)
            : new StageFailedException(name, e);
      } finally {
        running.awaitNone(settings.stopTimeout());
        spark.clearJobGroup();
      }
    }
  }

  private <T extends Serializable> List<T> collect(
      RankTask<T> task, Optional<ResourceProfile> resources) {
    List<Integer> ranks = IntStream.range(0, settings.ranks()).boxed().toList();
    ClassTag<Tuple2<Integer, T>> tag = ClassTag$.MODULE$.apply(Tuple2.class);
    JavaRDD<Integer> seats = spark.parallelize(ranks, settings.ranks());
    RDD<Tuple2<Integer, T>> results =
        resources
            .map(seats::withResources)
            .orElse(seats)
            .rdd()
            .barrier()
            .mapPartitions(
                new RankPartition<>(task, settings.stopTimeout(), spark.isLocal()), false, tag);
    // The shuffle makes the barrier stage one that Spark retries.
    return results.toJavaRDD().repartition(1).collect().stream()
        .sorted(Comparator.comparing(Tuple2::_1))
        .map(Tuple2::_2)
        .toList();
  }
}
