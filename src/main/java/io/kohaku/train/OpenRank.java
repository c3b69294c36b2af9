package io.kohaku.train;

import ai.djl.Device;
import io.kohaku.cluster.RankContext;
import io.kohaku.device.DeviceWish;
import io.kohaku.device.HalfSpeed;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.Settings;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.checkpoint.RunCheckpoints;
import io.kohaku.train.log.RankLogs;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/**
 * What one rank has opened, ready to go on from the newest checkpoint or that of another run.
 *
 * @param resources what it trains with
 * @param start where it goes on
 * @param logs what it tells
 */
record OpenRank(RankResources resources, RunCheckpoints.Beginning start, RankLogs logs) {
  /** Opens all there is; {@code opened} closes it. */
  static OpenRank open(
      Settings settings,
      TrainInputs inputs,
      RankContext context,
      Configuration hadoop,
      Closer opened)
      throws IOException {
    Device device = context.computesOn().device(DeviceWish.of(settings.cluster()));
    Autograd.enterThread();
    if (settings.train().speed().fuse()) {
      Autograd.fuse();
    }
    RankResources resources = RankResources.open(settings, inputs, device, hadoop, opened);
    if (context.rank().first()) {
      HalfSpeed.warn(settings.train().compute(), device);
      resources.checkpoints().store().clean();
    }
    Progress first = Progress.start(LossScale.of(settings.train().compute()));
    RunCheckpoints.Beginning start =
        resources.checkpoints().resume(first, resources.plan().updates());
    RankLogs logs =
        RankLogs.open(
            new RunFolder(Path.of(inputs.checkpoints())).logs(),
            context.rank(),
            settings.train().log(),
            start.told(),
            resources.plan().updates(),
            opened);
    return new OpenRank(resources, start, logs);
  }
}
