package io.kohaku.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.kohaku.cluster.Seat;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.cluster.ring.RingAllReduce;
import io.kohaku.cluster.ring.RingOptions;
import io.kohaku.cluster.ring.Secret;
import io.kohaku.cluster.ring.WireFormat;
import io.kohaku.files.LocalOutput;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.ClusterSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import io.kohaku.tensor.SimulatedGpus;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.log.InputLog;
import io.kohaku.train.log.RankLogs;
import io.kohaku.train.log.RunLog;
import io.kohaku.train.loop.BetweenSteps;
import io.kohaku.train.loop.IntervalSampler;
import io.kohaku.train.loop.MicroBatchLoss;
import io.kohaku.train.loop.Pictures;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.StepMetrics;
import io.kohaku.train.loop.TrainOutcome;
import io.kohaku.train.loop.Trainer;
import io.kohaku.train.loop.TrainingStep;
import io.kohaku.train.loop.Validation;
import io.kohaku.train.model.AdaptedNetworks;
import io.kohaku.train.model.LayerModes;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.RunPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * What one rank does from its start to its end: open everything, agree with the others that all
 * could, go on from the newest checkpoint, train, and on the first rank write the adapter.
 *
 * <p>What goes wrong before training is told to all ranks and ends the run: another attempt would
 * meet it again.
 */
final class RankRun {
  private static final Logger LOG = LoggerFactory.getLogger(RankRun.class);

  private final Settings settings;
  private final TrainInputs inputs;
  private final Secret secret;
  private final Seat seat;
  private final Surroundings surroundings;
  private final Configuration hadoop;

  RankRun(
      Settings settings,
      TrainInputs inputs,
      Secret secret,
      Seat seat,
      Surroundings surroundings,
      Configuration hadoop) {
    this.settings = settings;
    this.inputs = inputs;
    this.secret = secret;
    this.seat = seat;
    this.surroundings = surroundings;
    this.hadoop = hadoop;
  }

  TrainOutcome run() throws IOException, InterruptedException {
    Autograd.enterThread();
    MDC.put("mdc.rank", String.valueOf(seat.rank().index()));
    try (Opened opened = new Opened()) {
      StartReport mine = StartReport.of(() -> open(opened));
      Optional<TrainOutcome> refused = StartReport.agree(seat.rendezvous().allGather(mine.text()));
      return refused.isPresent() ? refused.get() : train(opened);
    }
  }

  /** What this rank has opened so far. */
  private static final class Opened implements AutoCloseable {
    private final Closer closer = new Closer();
    private RankResources resources;
    private Progress start;
    private RankLogs logs;

    @Override
    public void close() {
      closer.close();
    }
  }

  /** Opens all there is; the step that this rank would go on from. */
  private long open(Opened opened) throws IOException {
    RankResources resources = RankResources.open(settings, inputs, device(), hadoop, opened.closer);
    if (seat.rank().first()) {
      resources.checkpoints().store().clean();
    }
    opened.resources = resources;
    opened.start = resources.checkpoints().resume(Progress.start(scale()));
    opened.logs =
        new RankLogs(
            opened.closer.add(log(resources.plan(), opened.start)),
            opened.closer.add(inputLog(opened.start)));
    return opened.start.step();
  }

  private LossScale scale() {
    return LossScale.of(settings.train().compute());
  }

  /** The first rank decides how layers are applied where the settings leave it open. */
  private void agreeOnModes(RankResources resources) throws IOException {
    AdaptedNetworks networks = resources.networks();
    if (LayerModes.isOpen(networks)) {
      String decided =
          seat.rank().first()
              ? LayerModes.decide(
                      Path.of(inputs.checkpoints()),
                      networks,
                      resources.images().tokens(resources.plan(), settings.model().tokens()),
                      ModelOptions.dtype(settings.train().compute()))
                  .letters()
              : "";
      new LayerModes(seat.rendezvous().allGather(decided).get(0)).apply(networks);
    }
  }

  private TrainOutcome train(Opened opened) throws IOException, InterruptedException {
    agreeOnModes(opened.resources);
    AllReduce ranks = opened.closer.add(join());
    Pictures pictures = pictures(opened);
    TrainOutcome outcome = trainer(opened, ranks, pictures).run(opened.start);
    boolean writes = outcome.end() instanceof RunEnd.Finished && seat.rank().first();
    return writes ? write(opened.resources, outcome) : outcome;
  }

  private AllReduce join() throws IOException, InterruptedException {
    ClusterSettings cluster = settings.cluster();
    RingOptions options =
        new RingOptions(
            cluster.joinTimeout(),
            cluster.peerTimeout(),
            cluster.wire() == ClusterSettings.Wire.FP16 ? WireFormat.FLOAT16 : WireFormat.FLOAT32);
    return RingAllReduce.join(seat.rank(), seat.host(), seat.rendezvous(), secret, options);
  }

  private Trainer trainer(Opened opened, AllReduce ranks, Pictures pictures) {
    RankResources resources = opened.resources;
    TrainSettings train = settings.train();
    RunLog log = opened.logs.run();
    RunPlan plan = resources.plan();
    MicroBatchLoss loss = resources.loss();
    Validation validation = resources.images().validation(plan, loss);
    return new Trainer(
        plan,
        seat.rank(),
        resources.images().training(),
        new TrainingStep(plan, loss, resources.rule(), ranks, opened.logs, seat.stopRequested()),
        new StepMetrics(train.optimizer(), log, surroundings.meter()),
        new BetweenSteps(train, resources.checkpoints(), validation, pictures, log, ranks));
  }

  private TrainOutcome write(RankResources resources, TrainOutcome outcome) {
    try {
      return LocalOutput.write(
          inputs.output(),
          hadoop,
          local -> {
            new AdapterOutput(settings, resources.plan(), local)
                .write(
                    resources.networks().adapter(), resources.rule().average(), outcome.progress());
            folder().publish(local);
            return outcome;
          });
    } catch (IOException e) {
      LOG.error("Cannot write the adapter to {}", inputs.output(), e);
      return outcome.unsaved(
          "Cannot write the adapter to %s: %s".formatted(inputs.output(), e.getMessage()));
    }
  }

  private RunFolder folder() {
    return new RunFolder(Path.of(inputs.checkpoints()));
  }

  /** What draws in the middle of the run, if this rank is asked to. */
  private Pictures pictures(Opened opened) throws IOException {
    AdaptedNetworks networks = opened.resources.networks();
    if (settings.train().sampleEvery() == 0 || !seat.rank().first()) {
      return new Pictures(Optional.empty(), networks.masks());
    }
    IntervalSampler sampler =
        surroundings.pictures().open(opened.resources.settings(), folder().pictures(), networks);
    return new Pictures(Optional.of(opened.closer.add(sampler)), networks.masks());
  }

  private Device device() {
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

  private RunLog log(RunPlan plan, Progress start) throws IOException {
    return seat.rank().first()
        ? RunLog.into(
            folder().logs(), start.step(), plan.updates(), settings.train().log().interval())
        : RunLog.SILENT;
  }

  private InputLog inputLog(Progress start) throws IOException {
    return settings.train().log().inputs()
        ? InputLog.into(
            folder().logs().resolve("inputs-" + seat.rank().index() + ".jsonl"), start.step() + 1)
        : InputLog.NONE;
  }
}
