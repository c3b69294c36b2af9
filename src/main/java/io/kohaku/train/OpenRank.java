package io.kohaku.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.kohaku.cluster.Seat;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.Settings;
import io.kohaku.tensor.SimulatedGpus;
import io.kohaku.train.log.RankLogs;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one rank has opened, ready to go on from the newest checkpoint.
 *
 * @param resources what it trains with
 * @param start where it goes on
 * @param logs what it tells
 */
record OpenRank(RankResources resources, Progress start, RankLogs logs) {
  private static final Logger LOG = LoggerFactory.getLogger(OpenRank.class);

  /** Opens all there is; {@code opened} closes it. */
  static OpenRank open(
      Settings settings, TrainInputs inputs, Seat seat, Configuration hadoop, Closer opened)
      throws IOException {
    RankResources resources = RankResources.open(settings, inputs, device(seat), hadoop, opened);
    if (seat.rank().first()) {
      resources.checkpoints().store().clean();
    }
    LossScale scale = LossScale.of(settings.train().compute());
    Progress start = resources.checkpoints().resume(Progress.start(scale));
    RankLogs logs =
        RankLogs.open(
            new RunFolder(Path.of(inputs.checkpoints())).logs(),
            seat.rank(),
            settings.train().log(),
            start.step(),
            resources.plan().updates(),
            opened);
    return new OpenRank(resources, start, logs);
  }

  private static Device device(Seat seat) {
    if (SimulatedGpus.present()) {
      LOG.info(
          "{} has the simulated GPU {} and computes on the CPU", seat.rank(), seat.accelerator());
      return Device.cpu();
    }
    int visible = Engine.getEngine("PyTorch").getGpuCount();
    return seat.device(visible).isPresent()
        ? Device.gpu(seat.device(visible).getAsInt())
        : Device.cpu();
  }
}
