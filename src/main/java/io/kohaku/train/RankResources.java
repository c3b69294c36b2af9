package io.kohaku.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.cluster.Seat;
import io.kohaku.files.LocalCopy;
import io.kohaku.image.Bucket;
import io.kohaku.latent.table.LatentReader;
import io.kohaku.lokr.MaxNorm;
import io.kohaku.lokr.ParameterGroup;
import io.kohaku.lokr.cost.LayerTokens;
import io.kohaku.sdxl.tokenizer.ClipTokenizer;
import io.kohaku.sdxl.tokenizer.TokenRows;
import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import io.kohaku.train.checkpoint.CheckpointStore;
import io.kohaku.train.checkpoint.RunIdentity;
import io.kohaku.train.checkpoint.RunState;
import io.kohaku.train.data.Augmentation;
import io.kohaku.train.data.InputTensors;
import io.kohaku.train.data.PreparationStage;
import io.kohaku.train.data.TrainingSet;
import io.kohaku.train.log.InputLog;
import io.kohaku.train.log.RunLog;
import io.kohaku.train.loop.IntervalSampler;
import io.kohaku.train.loop.TrainingMeter;
import io.kohaku.train.loop.TrainingParts;
import io.kohaku.train.loop.Validation;
import io.kohaku.train.model.AdaptedNetworks;
import io.kohaku.train.model.Average;
import io.kohaku.train.model.NetworksLoader;
import io.kohaku.train.model.NoiseOffset;
import io.kohaku.train.optimizer.Gradients;
import io.kohaku.train.optimizer.Learner;
import io.kohaku.train.optimizer.LearningRate;
import io.kohaku.train.optimizer.Optimizer;
import io.kohaku.train.optimizer.OptimizerOptions;
import io.kohaku.train.optimizer.Parameter;
import io.kohaku.train.optimizer.RateGroup;
import io.kohaku.train.plan.EpochOrder;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.RunPlan;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that one rank opens for a run, closed together. */
final class RankResources implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(RankResources.class);

  private final Settings settings;
  private final AdaptedNetworks networks;
  private final TrainingSet training;
  private final TrainingSet heldOut;
  private final InputTensors tensors;
  private final Learner learner;
  private final RunState state;
  private final CheckpointStore checkpoints;
  private final RunPlan plan;

  private RankResources(Settings settings, TrainInputs inputs, Device device, Configuration hadoop)
      throws IOException {
    this.settings = settings;
    TrainSettings train = settings.train();
    Sets sets = Sets.open(settings, inputs, hadoop);
    this.training = sets.training();
    this.heldOut = sets.heldOut();
    if (training.sizes().isEmpty()) {
      throw new IllegalArgumentException(
          "Missing images: none in " + inputs.prepared() + " has a latent and a caption");
    }
    this.plan = RunPlan.of(training.sizes(), train, settings.run().seed());
    this.networks = new NetworksLoader(settings, sources(inputs, hadoop), device).load();
    this.tensors =
        new InputTensors(
            ClipTokenizer.open(Path.of(settings.model().tokenizer())),
            settings.model().tokens(),
            networks.objective(),
            new NoiseOffset(
                train.objective().noiseOffset(), train.objective().adaptiveNoiseScale()),
            InputTensors.Timesteps.of(train.objective()));
    this.learner = learner(train);
    this.state = state(train, inputs);
    this.checkpoints =
        new CheckpointStore(Path.of(inputs.checkpoints()), train.checkpoint().keep());
  }

  /** Both sets of images. */
  private record Sets(TrainingSet training, TrainingSet heldOut) {
    static Sets open(Settings settings, TrainInputs inputs, Configuration hadoop)
        throws IOException {
      LatentReader latents =
          LatentReader.open(
              hadoop,
              new org.apache.hadoop.fs.Path(inputs.latentTable()),
              new org.apache.hadoop.fs.Path(inputs.latentStore()));
      Augmentation augmentation = new Augmentation(settings.captions().augmentation());
      var folder = new org.apache.hadoop.fs.Path(inputs.prepared());
      return new Sets(
          new TrainingSet(
              hadoop,
              new org.apache.hadoop.fs.Path(folder, PreparationStage.TRAINING),
              latents,
              augmentation),
          new TrainingSet(
              hadoop,
              new org.apache.hadoop.fs.Path(folder, PreparationStage.HELD_OUT),
              latents,
              augmentation));
    }
  }

  static RankResources open(
      Settings settings, TrainInputs inputs, Seat seat, Device device, Configuration hadoop)
      throws IOException {
    RankResources resources = new RankResources(settings, inputs, device, hadoop);
    if (seat.rank().first()) {
      resources.checkpoints.clean();
    }
    return resources;
  }

  /** The settings; their model lies on this machine. */
  Settings settings() {
    return settings;
  }

  private NetworksLoader.Sources sources(TrainInputs inputs, Configuration hadoop)
      throws IOException {
    Optional<String> resume = settings.lokr().resume();
    return new NetworksLoader.Sources(
        inputs.preset(),
        resume.isEmpty() ? Optional.empty() : Optional.of(LocalCopy.of(resume.get(), hadoop)));
  }

  RunPlan plan() {
    return plan;
  }

  /** Takes over the newest good checkpoint, if there is one. */
  Progress resume() throws IOException {
    Optional<Path> newest = checkpoints.newest();
    if (newest.isEmpty()) {
      boolean half = settings.train().compute() == Precision.FP16;
      return Progress.start(half ? LossScale.initial() : LossScale.none());
    }
    Progress progress = state.restore(newest.get());
    LOG.info("Going on from {} at update {}", newest.get(), progress.step());
    return progress;
  }

  AdaptedNetworks networks() {
    return networks;
  }

  /** How much goes through a layer in a micro-batch of the bucket with the most images. */
  LayerTokens tokens() {
    Bucket bucket = training.fullestBucket();
    return new LayerTokens(
        plan.microBatch(),
        bucket.height() / 8,
        bucket.width() / 8,
        settings.model().tokens() / (TokenRows.LENGTH - 2));
  }

  TrainingParts parts(
      RunLog log, InputLog inputLog, TrainingMeter meter, Optional<IntervalSampler> pictures) {
    long seed = settings.run().seed();
    boolean held = !heldOut.sizes().isEmpty();
    List<EpochOrder.Slot> slots =
        held ? Validation.all(heldOut, plan.microBatch(), seed) : List.of(plan.order(0).slot(0));
    Validation validation =
        new Validation(held ? heldOut : training, slots, seed, tensors, networks);
    return new TrainingParts(
        networks,
        tensors,
        training,
        learner,
        settings.lokr().maxNorm().map(MaxNorm::new),
        state,
        checkpoints,
        validation,
        log,
        inputLog,
        meter,
        pictures);
  }

  private Learner learner(TrainSettings train) {
    NDManager manager = networks.sdxl().manager();
    TrainSettings.Optimizer wanted = train.optimizer();
    List<RateGroup> groups =
        List.of(
            group(ParameterGroup.TEXT_ENCODERS, wanted.textEncoderRate()),
            group(ParameterGroup.UNET, wanted.unetRate()));
    Optimizer optimizer =
        Optimizer.of(
            wanted.algorithm(),
            manager,
            groups,
            new OptimizerOptions(
                wanted.betas().get(0),
                wanted.betas().get(1),
                wanted.weightDecay(),
                wanted.epsilon()));
    TrainSettings.Schedule schedule = train.schedule();
    return new Learner(
        new Gradients(manager, groups),
        optimizer,
        new LearningRate(
            schedule.curve(), schedule.warmup(), plan.updates(), schedule.stepsPerUpdate()),
        wanted.clipNorm(),
        train.guard().maxGradientNorm());
  }

  private RateGroup group(ParameterGroup group, double rate) {
    List<Parameter> parameters =
        networks.adapter().parameters(group).entrySet().stream()
            .map(entry -> new Parameter(entry.getKey(), entry.getValue()))
            .toList();
    return new RateGroup(group.name(), rate, parameters);
  }

  private RunState state(TrainSettings train, TrainInputs inputs) {
    NDManager manager = networks.sdxl().manager();
    Map<String, NDArray> adapter = networks.adapter().parameters();
    double decay = train.ema().decay();
    Optional<Average> average =
        decay == 0 ? Optional.empty() : Optional.of(new Average(manager, adapter, decay));
    return new RunState(
        manager,
        adapter,
        learner.optimizer(),
        average,
        RunIdentity.of(inputs.dataDigest(), train, settings.run().seed()));
  }

  @Override
  public void close() throws IOException {
    state.average().ifPresent(Average::close);
    learner.gradients().close();
    learner.optimizer().close();
    networks.objective().close();
    networks.masks().close();
    networks.adapter().close();
    networks.sdxl().close();
    training.close();
    heldOut.close();
  }
}
