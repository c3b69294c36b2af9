package io.kohaku.train;

import io.kohaku.cluster.RankContext;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.cluster.ring.RingAllReduce;
import io.kohaku.cluster.ring.RingOptions;
import io.kohaku.cluster.ring.Secret;
import io.kohaku.cluster.ring.WireFormat;
import io.kohaku.lokr.ModeChoice;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.ClusterSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SpeedSettings;
import io.kohaku.settings.TrainSettings;
import io.kohaku.train.checkpoint.BranchPoint;
import io.kohaku.train.log.RunLog;
import io.kohaku.train.loop.BetweenSteps;
import io.kohaku.train.loop.IntervalSampler;
import io.kohaku.train.loop.Learning;
import io.kohaku.train.loop.Pictures;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.StepMetrics;
import io.kohaku.train.loop.TrainOutcome;
import io.kohaku.train.loop.Trainer;
import io.kohaku.train.loop.TrainingStep;
import io.kohaku.train.loop.Validation;
import io.kohaku.train.model.AdaptedNetworks;
import io.kohaku.train.model.LayerModes;
import io.kohaku.train.plan.RunPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.MDC;

/**
 * What one rank does from its start to its end: open everything, agree with the others that all
 * could, go on from the newest checkpoint, train, and on the first rank write the adapter.
 *
 * <p>What goes wrong before training is told to all ranks and ends the run: another attempt would
 * meet it again.
 */
final class RankRun {
  private final Settings settings;
  private final TrainInputs inputs;
  private final Secret secret;
  private final RankContext context;
  private final TrainingHooks hooks;
  private final Configuration hadoop;

  RankRun(
      Settings settings,
      TrainInputs inputs,
      Secret secret,
      RankContext context,
      TrainingHooks hooks,
      Configuration hadoop) {
    this.settings = settings;
    this.inputs = inputs;
    this.secret = secret;
    this.context = context;
    this.hooks = hooks;
    this.hadoop = hadoop;
  }

  TrainOutcome run() throws IOException, InterruptedException {
    MDC.put("mdc.rank", String.valueOf(context.rank().index()));
    try (Closer opened = new Closer()) {
      AtomicReference<OpenRank> rank = new AtomicReference<>();
      StartReport mine =
          StartReport.of(
              () -> {
                rank.set(OpenRank.open(settings, inputs, context, hadoop, opened));
                return rank.get().start().place();
              });
      Optional<TrainOutcome> refused =
          StartReport.agree(context.rendezvous().allGather(mine.text()));
      return refused.isPresent() ? refused.get() : train(rank.get(), opened);
    }
  }

  /** The first rank decides how layers are applied where the settings leave it open. */
  private ModeChoice agreeOnModes(RankResources resources) throws IOException {
    AdaptedNetworks networks = resources.networks();
    if (LayerModes.isOpen(networks)) {
      String decided = context.rank().first() ? decideModes(resources).letters() : "";
      return new LayerModes(context.rendezvous().allGather(decided).get(0)).apply(networks);
    }
    return LayerModes.UNDECIDED;
  }

  private LayerModes decideModes(RankResources resources) throws IOException {
    AdaptedNetworks networks = resources.networks();
    Path folder = Path.of(inputs.checkpoints());
    LayerModes.inherit(folder.resolve(BranchPoint.ORIGIN), folder, networks);
    return LayerModes.decide(
        folder,
        networks,
        resources.images().tokens(resources.plan(), settings.model().tokens()),
        ModelOptions.dtype(settings.train().compute()));
  }

  private TrainOutcome train(OpenRank rank, Closer opened)
      throws IOException, InterruptedException {
    RankResources resources = rank.resources();
    SpeedSettings speed = settings.train().speed();
    Learning learning = Learning.open(resources.loss(), speed, agreeOnModes(resources), opened);
    AllReduce ranks = opened.add(join());
    Pictures pictures = pictures(resources, opened);
    TrainOutcome outcome = trainer(rank, learning, ranks, pictures).run(rank.start().progress());
    boolean writes = outcome.end() instanceof RunEnd.Finished && context.rank().first();
    return writes ? new RunOutput(inputs, hadoop).write(resources, outcome) : outcome;
  }

  private AllReduce join() throws IOException, InterruptedException {
    ClusterSettings cluster = settings.cluster();
    RingOptions options =
        new RingOptions(
            cluster.joinTimeout(),
            cluster.peerTimeout(),
            cluster.wire() == ClusterSettings.Wire.FP16 ? WireFormat.FLOAT16 : WireFormat.FLOAT32);
    return RingAllReduce.join(
        context.rank(), context.host(), context.rendezvous(), secret, options);
  }

  private Trainer trainer(OpenRank rank, Learning learning, AllReduce ranks, Pictures pictures) {
    RankResources resources = rank.resources();
    TrainSettings train = settings.train();
    RunPlan plan = resources.plan();
    RunLog log = rank.logs().run();
    Validation validation = resources.images().validation(plan, resources.loss());
    return new Trainer(
        plan,
        context.rank(),
        resources.images().training(),
        new TrainingStep(
            plan, learning, resources.rule(), ranks, rank.logs(), context.stopRequested()),
        new StepMetrics(train.optimizer(), log, hooks.meter()),
        new BetweenSteps(train, resources.checkpoints(), validation, pictures, log, ranks));
  }

  /** What draws in the middle of the run, if this rank is asked to. */
  private Pictures pictures(RankResources resources, Closer opened) throws IOException {
    AdaptedNetworks networks = resources.networks();
    if (settings.train().sampleEvery() == 0 || !context.rank().first()) {
      return new Pictures(Optional.empty(), networks.masks());
    }
    Path folder = new RunFolder(Path.of(inputs.checkpoints())).pictures();
    IntervalSampler sampler =
        opened.add(hooks.pictures().open(resources.settings(), folder, networks));
    return new Pictures(Optional.of(sampler), networks.masks());
  }
}
