package io.kohaku.train;

import io.kohaku.cluster.BarrierSettings;
import io.kohaku.cluster.BarrierStage;
import io.kohaku.cluster.RankTask;
import io.kohaku.cluster.Secret;
import io.kohaku.cluster.StageFailedException;
import io.kohaku.settings.ClusterSettings;
import io.kohaku.settings.SentSettings;
import io.kohaku.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains the adapter: one barrier stage of as many tasks as ranks.
 *
 * <p>When a rank is lost Spark starts all of them again, and they go on from the newest checkpoint.
 * When Spark gives up, or a rank had to leave its executor, the stage is run again as long as it
 * has got further than the last time.
 */
public final class TrainStage {
  private static final Logger LOG = LoggerFactory.getLogger(TrainStage.class);

  private TrainStage() {}

  /**
   * Trains to the end.
   *
   * @return how the first rank ended
   * @throws io.kohaku.cluster.StageStoppedException if the driver was asked to end; a checkpoint
   *     was written
   */
  public static TrainOutcome run(SparkSession spark, TrainInputs inputs, Settings settings)
      throws IOException, InterruptedException {
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    ClusterSettings cluster = settings.cluster();
    BarrierStage stage =
        new BarrierStage(
            context,
            new BarrierSettings(cluster.ranks(), cluster.slotTimeout(), cluster.stopTimeout()));
    RankTask<TrainOutcome> task = task(context, inputs, settings);
    CheckpointStore checkpoints =
        new CheckpointStore(Path.of(inputs.checkpoints()), settings.train().checkpoint().keep());
    long reached = newest(checkpoints);
    while (true) {
      try {
        TrainOutcome outcome = settle(stage.run("train", task));
        if (outcome.end() == TrainOutcome.End.FINISHED) {
          return outcome;
        }
        LOG.warn("A rank had to leave at update {}", outcome.progress().step());
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
      JavaSparkContext context, TrainInputs inputs, Settings settings) {
    SentSettings<Settings> sent = SentSettings.of(settings);
    Secret secret = Secret.random();
    SerializableConfiguration hadoop = new SerializableConfiguration(context.hadoopConfiguration());
    LongAccumulator images = context.sc().longAccumulator("kohaku.images");
    return seat ->
        new RankRun(sent.settings(), inputs, secret, seat, images::add).run(hadoop.value());
  }

  private static TrainOutcome settle(List<TrainOutcome> outcomes) {
    for (TrainOutcome outcome : outcomes) {
      if (outcome.end() == TrainOutcome.End.FAILED) {
        throw new IllegalStateException(outcome.message());
      }
    }
    return outcomes.get(0);
  }

  private static long newest(CheckpointStore checkpoints) throws IOException {
    return checkpoints.newest().map(CheckpointStore::step).orElse(-1L);
  }
}
