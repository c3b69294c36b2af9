package io.kohaku.train;

import io.kohaku.cluster.DeviceChoice;
import io.kohaku.cluster.RankContext;
import io.kohaku.cluster.ring.Rank;
import io.kohaku.cluster.ring.Rendezvous;
import io.kohaku.cluster.ring.Ring;
import io.kohaku.cluster.ring.Secret;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.Settings;
import io.kohaku.train.loop.TrainOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.conf.Configuration;

/** Runs the ranks of a training as threads, without Spark. */
final class Ranks {
  private Ranks() {}

  /**
   * How each rank ended.
   *
   * @param stop asked once per update and rank whether to end
   */
  static List<TrainOutcome> run(
      int ranks, TrainInputs inputs, Settings settings, BooleanSupplier stop) throws Exception {
    return run(ranks, inputs, settings, stop, TrainingHooks.NONE);
  }

  /** The same with listeners and pictures. */
  static List<TrainOutcome> run(
      int ranks, TrainInputs inputs, Settings settings, BooleanSupplier stop, TrainingHooks hooks)
      throws Exception {
    Secret secret = Secret.random();
    Rendezvous[] meeting = Ring.meeting(ranks);
    ExecutorService threads = Executors.newFixedThreadPool(ranks);
    try {
      List<Future<TrainOutcome>> futures = new ArrayList<>();
      for (int index = 0; index < ranks; index++) {
        Rank rank = new Rank(index, ranks);
        RankContext context =
            new RankContext(
                rank, 0, "localhost", DeviceChoice.ofSharingRank(rank), meeting[index], stop);
        futures.add(
            threads.submit(
                () ->
                    new RankRun(settings, inputs, secret, context, hooks, new Configuration())
                        .run()));
      }
      List<TrainOutcome> outcomes = new ArrayList<>();
      for (Future<TrainOutcome> future : futures) {
        outcomes.add(future.get());
      }
      return outcomes;
    } finally {
      threads.shutdownNow();
    }
  }

  /** What the only rank of a run has opened before it trains; {@code opened} closes it. */
  static OpenRank open(Settings settings, TrainInputs inputs, Closer opened) throws IOException {
    Rank rank = new Rank(0, 1);
    DeviceChoice device = DeviceChoice.ofSharingRank(rank);
    RankContext context =
        new RankContext(rank, 0, "localhost", device, Ring.meeting(1)[0], () -> false);
    return OpenRank.open(settings, inputs, context, new Configuration(), opened);
  }

  /** A run that nobody stops. */
  static TrainOutcome run(int ranks, TrainInputs inputs, Settings settings) throws Exception {
    return run(ranks, inputs, settings, () -> false).get(0);
  }
}
