package io.kohaku.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.kohaku.cluster.AllReduce;
import io.kohaku.cluster.RingAllReduce;
import io.kohaku.cluster.RingOptions;
import io.kohaku.cluster.Seat;
import io.kohaku.cluster.Secret;
import io.kohaku.cluster.WireFormat;
import io.kohaku.settings.ClusterSettings;
import io.kohaku.settings.Settings;
import io.kohaku.tensor.Autograd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private final LongConsumer imagesSeen;

  RankRun(
      Settings settings, TrainInputs inputs, Secret secret, Seat seat, LongConsumer imagesSeen) {
    this.settings = settings;
    this.inputs = inputs;
    this.secret = secret;
    this.seat = seat;
    this.imagesSeen = imagesSeen;
  }

  TrainOutcome run(Configuration hadoop) throws IOException, InterruptedException {
    Autograd.enterThread();
    RankResources opened = null;
    String problem = "";
    long step = -1;
    Progress start = null;
    try {
      opened = RankResources.open(settings, inputs, seat, device(), hadoop);
      start = opened.resume();
      step = start.step();
    } catch (IOException | RuntimeException e) {
      LOG.error("Cannot start {}", seat.rank(), e);
      problem = e.getMessage() == null ? e.toString() : e.getMessage();
    }
    try (RankResources resources = opened) {
      String failure = agree(step, problem);
      return failure.isEmpty() ? train(resources, start) : failed(failure);
    }
  }

  private TrainOutcome train(RankResources resources, Progress start)
      throws IOException, InterruptedException {
    ClusterSettings cluster = settings.cluster();
    RingOptions options =
        new RingOptions(
            cluster.joinTimeout(),
            cluster.peerTimeout(),
            cluster.wire() == ClusterSettings.Wire.FP16 ? WireFormat.FLOAT16 : WireFormat.FLOAT32);
    try (AllReduce ranks =
            RingAllReduce.join(seat.rank(), seat.host(), seat.rendezvous(), secret, options);
        RunLog log = log(resources.plan(), start);
        InputLog inputLog = inputLog()) {
      TrainingParts parts = resources.parts(log, inputLog);
      TrainOutcome outcome =
          new Trainer(settings.train(), resources.plan(), parts, ranks, seat.stopRequested())
              .run(start);
      if (outcome.end() == TrainOutcome.End.FINISHED && seat.rank().first()) {
        new AdapterOutput(settings, resources.plan(), Path.of(inputs.output()))
            .write(parts.networks().adapter(), parts.state().average(), outcome.progress());
      }
      return outcome;
    }
  }

  /** All ranks hear what each has met, and that all go on from the same step. */
  private String agree(long step, String problem) {
    Set<String> problems = new TreeSet<>();
    Set<String> steps = new TreeSet<>();
    for (String said : seat.rendezvous().allGather(step + " " + problem)) {
      int space = said.indexOf(' ');
      steps.add(said.substring(0, space));
      problems.add(said.substring(space + 1));
    }
    problems.remove("");
    if (problems.isEmpty() && steps.size() > 1) {
      return "Cannot train: the ranks see checkpoints of different steps %s (train.checkpoint.folder must be one folder for all executors)"
          .formatted(steps);
    }
    return String.join("; ", problems);
  }

  private static TrainOutcome failed(String message) {
    return new TrainOutcome(
        TrainOutcome.End.FAILED, message, Progress.start(LossScale.none()), Double.NaN, Double.NaN);
  }

  private Device device() {
    int visible = Engine.getEngine("PyTorch").getGpuCount();
    return seat.device(visible).isPresent()
        ? Device.gpu(seat.device(visible).getAsInt())
        : Device.cpu();
  }

  private RunLog log(RunPlan plan, Progress start) throws IOException {
    return seat.rank().first()
        ? RunLog.into(
            Path.of(inputs.output(), TrainInputs.LOGS),
            start.step(),
            plan.updates(),
            settings.train().log().interval(),
            imagesSeen)
        : RunLog.SILENT;
  }

  private InputLog inputLog() throws IOException {
    return settings.train().log().inputs()
        ? InputLog.into(
            Path.of(inputs.output(), TrainInputs.LOGS, "inputs-" + seat.rank().index() + ".jsonl"))
        : InputLog.NONE;
  }
}
