package io.kohaku.train;

import io.kohaku.cluster.BarrierSettings;
import io.kohaku.cluster.BarrierStage;
import io.kohaku.cluster.ExecutorLeavingException;
import io.kohaku.cluster.RankTask;
import io.kohaku.cluster.StageFailedException;
import io.kohaku.cluster.TaskShare;
import io.kohaku.cluster.UnsuitableClusterException;
import io.kohaku.cluster.ring.Rank;
import io.kohaku.cluster.ring.Secret;
import io.kohaku.input.UnusableFileException;
import io.kohaku.metrics.DriverGauges;
import io.kohaku.metrics.Gauges;
import io.kohaku.metrics.LatestValues;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.settings.ClusterSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.binding.SentSettings;
import io.kohaku.train.checkpoint.CheckpointStore;
import io.kohaku.train.loop.IntervalSampler;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.StepMetrics;
import io.kohaku.train.loop.TrainOutcome;
import io.kohaku.train.loop.TrainingMeter;
import io.kohaku.train.loop.Worth;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains the adapter: one barrier stage of as many tasks as ranks.
 *
 * <p>When a rank is lost Spark starts all of them again, and they go on from the newest checkpoint.
 * When Spark gives up, or an executor is taken away, the stage is run again as long as it has got
 * further than the last time.
 *
 * <p>Meanwhile Spark's metrics hold what the logs hold: the driver's as {@code kohaku.training.*},
 * an executor's as {@code kohaku.rank-<n>.*}.
 */
public final class TrainStage {
  private static final Logger LOG = LoggerFactory.getLogger(TrainStage.class);

  private TrainStage() {}

  /**
   * Trains to the end.
   *
   * @param pictures opens what draws pictures every {@code train.sample-every} updates
   * @return how the first rank ended
   * @throws io.kohaku.cluster.StageStoppedException if the driver was asked to end; a checkpoint
   *     was written
   * @throws UnsuitableClusterException if a rank's machine lacks what it needs, a GPU for instance
   * @throws IOException if a rank cannot write; the last checkpoint stays
   */
  public static TrainOutcome run(
      SparkSession spark, TrainInputs inputs, Settings settings, IntervalSampler.Factory pictures)
      throws IOException, InterruptedException {
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    ClusterSettings cluster = settings.cluster();
    BarrierStage stage =
        new BarrierStage(
            context,
            new BarrierSettings(
                cluster.ranks(),
                cluster.slotTimeout(),
                cluster.stopTimeout(),
                TaskShare.of(cluster)));
    CheckpointStore checkpoints =
        new CheckpointStore(Path.of(inputs.checkpoints()), settings.train().checkpoint().keep());
    try (DriverGauges gauges = DriverGauges.register(context.sc(), "kohaku.training")) {
      Counters counters = Counters.register(context.sc(), gauges.values());
      return run(stage, task(context, inputs, settings, counters, pictures), checkpoints);
    }
  }

  private static TrainOutcome run(
      BarrierStage stage, RankTask<TrainOutcome> task, CheckpointStore checkpoints)
      throws IOException, InterruptedException {
    long reached = newest(checkpoints);
    while (true) {
      try {
        TrainOutcome outcome = settle(stage.run("train", task));
        if (outcome.end() instanceof RunEnd.Finished) {
          return outcome;
        }
        LOG.warn("A rank had to leave at update {}", outcome.progress().step());
      } catch (ExecutorLeavingException e) {
        LOG.warn("An executor had to leave after update {}", newest(checkpoints), e);
      } catch (StageFailedException e) {
        long step = newest(checkpoints);
        if (step <= reached) {
          throw e;
        }
        LOG.warn("Training broke off after update {}", step, e);
      }
      reached = newest(checkpoints);
    }
  }

  private static RankTask<TrainOutcome> task(
      JavaSparkContext context,
      TrainInputs inputs,
      Settings settings,
      Counters counters,
      IntervalSampler.Factory pictures) {
    SentSettings<Settings> sent = SentSettings.of(settings);
    Secret secret = Secret.random();
    SerializableConfiguration hadoop = new SerializableConfiguration(context.hadoopConfiguration());
    return rankContext -> {
      try (Gauges gauges = Gauges.register("kohaku.rank-" + rankContext.rank().index())) {
        TrainingHooks around =
            new TrainingHooks(counters.meter(rankContext.rank(), gauges), pictures);
        return new RankRun(sent.settings(), inputs, secret, rankContext, around, hadoop.value())
            .run();
      }
    };
  }

  /** What the first rank tells the driver: sums for the progress line, the newest for metrics. */
  private record Counters(
      LongAccumulator images, DoubleAccumulator loss, LongAccumulator steps, LatestValues latest)
      implements Serializable {
    static Counters register(SparkContext spark, LatestValues latest) {
      return new Counters(
          spark.longAccumulator("kohaku.images"),
          spark.doubleAccumulator("kohaku.loss"),
          spark.longAccumulator("kohaku.steps"),
          latest);
    }

    TrainingMeter meter(Rank rank, Gauges gauges) {
      return (progress, values) -> {
        gauges.set(values);
        double trainLoss = values.get(StepMetrics.LOSS);
        if (rank.first()) {
          // All so far: a run that goes on has come further than its first update.
          images.add(progress.images() - images.value());
          latest.add(values);
        }
        if (rank.first() && Double.isFinite(trainLoss)) {
          loss.add(trainLoss);
          steps.add(1);
        }
      };
    }
  }

  private static TrainOutcome settle(List<TrainOutcome> outcomes) throws IOException {
    for (TrainOutcome outcome : outcomes) {
      if (outcome.end() instanceof RunEnd.StorageFailed failed) {
        throw new IOException(failed.why());
      }
      if (outcome.end() instanceof RunEnd.Unsuitable unsuitable) {
        throw new UnsuitableClusterException(unsuitable.why());
      }
      if (outcome.end() instanceof RunEnd.Worthless) {
        throw new WorthlessResultException(Worth.reason(outcomes));
      }
      if (outcome.end() instanceof RunEnd.UnusableFile unusable) {
        throw new UnusableFileException(unusable.why());
      }
      if (outcome.end() instanceof RunEnd.Failed failed) {
        throw new IllegalStateException(failed.why());
      }
    }
    return outcomes.get(0);
  }

  private static long newest(CheckpointStore checkpoints) throws IOException {
    return checkpoints.newest().map(CheckpointStore::step).orElse(-1L);
  }
}
