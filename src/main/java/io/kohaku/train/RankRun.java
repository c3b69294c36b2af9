package io.kohaku.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.kohaku.cluster.Seat;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.cluster.ring.RingAllReduce;
import io.kohaku.cluster.ring.RingOptions;
import io.kohaku.cluster.ring.Secret;
import io.kohaku.cluster.ring.WireFormat;
import io.kohaku.files.LocalModel;
import io.kohaku.files.LocalOutput;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.ClusterSettings;
import io.kohaku.settings.Settings;
import io.kohaku.tensor.SimulatedGpus;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.log.InputLog;
import io.kohaku.train.log.RunLog;
import io.kohaku.train.loop.IntervalSampler;
import io.kohaku.train.loop.TrainOutcome;
import io.kohaku.train.loop.Trainer;
import io.kohaku.train.loop.TrainingParts;
import io.kohaku.train.model.AdaptedNetworks;
import io.kohaku.train.model.LayerModes;
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
    private RankResources resources;
    private Progress start;
    private RunLog log = RunLog.SILENT;
    private InputLog inputs = InputLog.NONE;

    @Override
    public void close() throws IOException {
      inputs.close();
      log.close();
      if (resources != null) {
        resources.close();
      }
    }
  }

  /** Opens all there is; the step that this rank would go on from. */
  private long open(Opened opened) throws IOException {
    Settings local = settings.with(LocalModel.of(settings.model(), hadoop));
    opened.resources = RankResources.open(local, inputs, seat, device(), hadoop);
    opened.start = opened.resources.resume();
    opened.log = log(opened.resources.plan(), opened.start);
    opened.inputs = inputLog(opened.start);
    return opened.start.step();
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
                      resources.tokens(),
                      ModelOptions.dtype(settings.train().compute()))
                  .letters()
              : "";
      new LayerModes(seat.rendezvous().allGather(decided).get(0)).apply(networks);
    }
  }

  private TrainOutcome train(Opened opened) throws IOException, InterruptedException {
    ClusterSettings cluster = settings.cluster();
    RingOptions options =
        new RingOptions(
            cluster.joinTimeout(),
            cluster.peerTimeout(),
            cluster.wire() == ClusterSettings.Wire.FP16 ? WireFormat.FLOAT16 : WireFormat.FLOAT32);
    RankResources resources = opened.resources;
    agreeOnModes(resources);
    try (AllReduce ranks =
            RingAllReduce.join(seat.rank(), seat.host(), seat.rendezvous(), secret, options);
        Pictures pictures = pictures(resources)) {
      TrainingParts parts =
          resources.parts(opened.log, opened.inputs, surroundings.meter(), pictures.sampler());
      TrainOutcome outcome =
          new Trainer(settings.train(), resources.plan(), parts, ranks, seat.stopRequested())
              .run(opened.start);
      boolean writes = outcome.end() == TrainOutcome.End.FINISHED && seat.rank().first();
      return writes ? write(resources.plan(), parts, outcome) : outcome;
    }
  }

  private TrainOutcome write(RunPlan plan, TrainingParts parts, TrainOutcome outcome) {
    try {
      return LocalOutput.write(
          inputs.output(),
          hadoop,
          local -> {
            new AdapterOutput(plan, local)
                .write(parts.networks().adapter(), parts.state().average(), outcome.progress());
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
  private record Pictures(Optional<IntervalSampler> sampler) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (sampler.isPresent()) {
        sampler.get().close();
      }
    }
  }

  private Pictures pictures(RankResources resources) throws IOException {
    if (settings.train().sampleEvery() == 0 || !seat.rank().first()) {
      return new Pictures(Optional.empty());
    }
    return new Pictures(
        Optional.of(
            surroundings
                .pictures()
                .open(resources.settings(), folder().pictures(), resources.networks())));
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
