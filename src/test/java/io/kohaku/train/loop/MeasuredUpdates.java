package io.kohaku.train.loop;

import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.cluster.ring.Rank;
import io.kohaku.lokr.ModeChoice;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.Settings;
import io.kohaku.train.data.Collator;
import io.kohaku.train.data.ImageDataset;
import io.kohaku.train.log.InputLog;
import io.kohaku.train.log.RankLogs;
import io.kohaku.train.log.RunLog;
import io.kohaku.train.model.AdaptedNetworks;
import io.kohaku.train.model.NoiseOffset;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.RunPlan;
import io.kohaku.train.plan.UpdateWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The training loop's own updates, of one rank, without what is done between them. */
public final class MeasuredUpdates {
  private final RunPlan plan;
  private final ImageDataset images;
  private final Collator collator;
  private final UpdateRule rule;
  private final TrainingStep step;
  private final LossScale scale;

  /**
   * Where one update's seconds went.
   *
   * @param loss mean over its images
   * @param applied whether the guard let it pass
   */
  public record Seconds(
      double waiting,
      double learning,
      double reducing,
      double stepping,
      double loss,
      boolean applied) {
    public double whole() {
      return waiting + learning + reducing + stepping;
    }
  }

  /**
   * Updates of networks on these images; {@code opened} closes what they hold.
   *
   * @param modes how layers are applied
   */
  public MeasuredUpdates(
      Settings settings,
      AdaptedNetworks networks,
      ModeChoice modes,
      ImageDataset images,
      Closer opened) {
    this.images = images;
    this.plan = RunPlan.of(images.sizes(), settings.train(), settings.run().seed());
    this.rule = UpdateRule.open(settings, networks, plan.updates(), opened);
    this.scale = LossScale.of(settings.train().compute());
    this.collator =
        new Collator(
            networks.objective(),
            new NoiseOffset(0, 0),
            Collator.Timesteps.of(settings.train().objective()));
    this.step =
        new TrainingStep(
            plan,
            Learning.open(
                new MicroBatchLoss(networks, collator), settings.train().speed(), modes, opened),
            rule,
            AllReduce.alone(),
            new RankLogs(RunLog.SILENT, InputLog.NONE),
            () -> false);
  }

  /** The next so many updates of a run that has just begun. */
  public List<Seconds> run(int updates) throws IOException, InterruptedException {
    List<Seconds> all = new ArrayList<>();
    Progress progress = Progress.start(scale);
    UpdateWalk walk = new UpdateWalk(plan, Rank.ALONE, progress);
    try (ReadAhead batches = new ReadAhead(plan, Rank.ALONE, progress, images, collator)) {
      while (all.size() < updates) {
        StepResult result = step.run(walk.next(), progress, batches);
        progress = result.progress();
        StepTimer timer = result.timer();
        all.add(
            new Seconds(
                timer.seconds(StepTimer.Phase.WAITING),
                timer.seconds(StepTimer.Phase.LEARNING),
                timer.seconds(StepTimer.Phase.REDUCING),
                timer.seconds(StepTimer.Phase.STEPPING),
                result.totals().meanLoss(),
                result.progress().scheduled() == all.size() + 1));
      }
    }
    return all;
  }

  /** How gradients change the adapter. */
  public UpdateRule rule() {
    return rule;
  }
}
