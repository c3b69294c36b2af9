package io.kohaku.recipe;

import io.kohaku.digest.Sha256;
import io.kohaku.engine.Loss;
import io.kohaku.engine.ProgressDisplay;
import io.kohaku.engine.ProgressLine;
import io.kohaku.engine.Revision;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StagePlan;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.WeightFiles;
import io.kohaku.engine.Workspace;
import io.kohaku.engine.model.AdapterCheck;
import io.kohaku.engine.model.CheckpointCheck;
import io.kohaku.files.FileText;
import io.kohaku.lokr.preset.Preset;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageLock;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.settings.kind.Keys;
import io.kohaku.settings.kind.SettingsValues;
import io.kohaku.train.RunFolder;
import io.kohaku.train.TrainInputs;
import io.kohaku.train.TrainStage;
import io.kohaku.train.loop.TrainOutcome;
import io.kohaku.train.run.RunLedger;
import io.kohaku.train.run.RunMakeup;
import io.kohaku.train.run.RunStart;
import io.kohaku.train.run.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains the adapter in one barrier stage. */
public final class TrainJob implements StageJob {
  /** The output with the trained adapter. */
  static final String ADAPTER = "adapter";

  /** How many updates were not applied, see {@code train.guard}. */
  static final String LEFT_OUT = "updates-left-out";

  private static final Logger LOG = LoggerFactory.getLogger(TrainJob.class);

  @Override
  public String name() {
    return StageNames.TRAIN;
  }

  @Override
  public String summary() {
    return "Train the LoKr adapter of the U-Net and both text encoders.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("run.seed", "model", "lokr", "captions.augmentation", "train", "cluster.wire")
        .except("train.validation");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    WeightFiles.requireModel(
        workspace,
        settings.model(),
        settings.train().sampleEvery() > 0
            ? CheckpointCheck.Part.AUTOENCODER
            : CheckpointCheck.Part.NETWORKS);
    if (settings.lokr().resume().isPresent()) {
      WeightFiles.requireAdapter(workspace, "lokr.resume", settings.lokr().resume().get());
    }
    AdapterCheck.trained(settings, preset(settings, workspace), workspace.hadoop());
    WeightFiles.requireTokenizer(workspace, settings.model());
    TrainingRuns.checkFolder(settings, workspace);
    TrainingRuns.checkOrigin(settings, workspace);
  }

  @Override
  public Revision revision() {
    return new Revision(2, "order, noise and timesteps are drawn from other random streams");
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put(StageNames.PREPARE, workspace.input(StageNames.PREPARE, PrepareJob.IMAGES));
    inputs.put("checkpoint", workspace.content(settings.model().checkpoint()));
    inputs.put("tokenizer", WeightFiles.tokenizerInput(workspace, settings.model()));
    if (settings.lokr().resume().isPresent()) {
      inputs.put("resume", workspace.content(settings.lokr().resume().get()));
    }
    String said = preset(settings, workspace).toString();
    inputs.put("preset", new Manifest.Input(settings.lokr().preset(), Sha256.of(said)));
    Optional<String> origin = settings.train().branchFrom();
    if (origin.isPresent()) {
      RunMakeup rest =
          new RunMakeup(
              revision().number(), decidedBy().of(SettingsValues.deciding(settings)), inputs);
      inputs.put(
          RunLedger.BRANCH, TrainingRuns.ledger(settings, workspace).branch(origin.get(), rest));
    }
    return inputs;
  }

  @Override
  public Loss hanging(StagePlan plan, Settings settings, Workspace workspace) throws IOException {
    return TrainingRuns.loss(TrainingRuns.start(plan, settings, workspace).atHand(), plan);
  }

  @Override
  public Loss loss(StagePlan plan, Settings settings, Workspace workspace) throws IOException {
    RunStart start = TrainingRuns.start(plan, settings, workspace);
    boolean goesOn = start.run().update().isPresent() && start.left().isEmpty();
    return goesOn || settings.train().branchFrom().isPresent()
        ? Loss.NONE
        : TrainingRuns.loss(start.left(), plan);
  }

  @Override
  public Optional<String> refusal(StagePlan plan, Settings settings, Workspace workspace)
      throws IOException {
    return TrainingRuns.start(plan, settings, workspace).refusal();
  }

  @Override
  public List<String> notes(StagePlan plan, Settings settings, Workspace workspace)
      throws IOException {
    return TrainingRuns.start(plan, settings, workspace).notes();
  }

  private static TrainOutcome train(StageContext context, StageResult result) throws IOException {
    Path latents = PublishedStore.require(context.workspace());
    RunStart start = TrainingRuns.start(context.plan(), context.settings(), context.workspace());
    Path claim = new Path(start.ledger().claim(start.run()).toUri());
    // Runs of several work folders may lie in one folder for checkpoints.
    try (StageLock alone = StageLock.take(claim, context.workspace().hadoop())) {
      boolean over = context.plan().isCurrent() && start.isOver();
      TrainingRun run =
          context.isForced() && (over || start.isWorthless() || start.refusal().isPresent())
              ? start.beginAnew()
              : start.begin();
      result.earlier(run.seconds());
      TrainOutcome outcome = train(context, inputs(context, latents, run.folder()));
      alone.requireHeld();
      return outcome;
    } catch (WorthlessResultException e) {
      start.endedWorthless(e.getMessage());
      throw e;
    }
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Workspace workspace = context.workspace();
    StageResult result = new StageResult();
    TrainOutcome outcome = train(context, result);
    LOG.info(
        "Loss on the fixed images: {} before, {} after", outcome.firstLoss(), outcome.lastLoss());
    Path adapter = new Path(context.data(), TrainInputs.ADAPTER);
    Path logs = new Path(context.data(), RunFolder.LOGS);
    result
        .output(ADAPTER, adapter, 1)
        .output(RunFolder.LOGS, logs, outcome.progress().step())
        .count(RunStart.UPDATES, outcome.progress().step())
        .count(LEFT_OUT, outcome.progress().leftOut());
    Path pictures = new Path(context.data(), RunFolder.PICTURES);
    FileSystem files = pictures.getFileSystem(workspace.hadoop());
    return files.exists(pictures)
        ? result.output(RunFolder.PICTURES, pictures, files.listStatus(pictures).length)
        : result;
  }

  private static TrainInputs inputs(StageContext context, Path latents, java.nio.file.Path run)
      throws IOException {
    Workspace workspace = context.workspace();
    return new TrainInputs(
        workspace.output(StageNames.PREPARE, PrepareJob.IMAGES).toString(),
        latents.toString(),
        context.plan().inputs().get(StageNames.PREPARE).digest(),
        run.toString(),
        context.data().toString(),
        preset(context.settings(), workspace));
  }

  private static TrainOutcome train(StageContext context, TrainInputs inputs) throws IOException {
    try {
      return ProgressDisplay.show(
          context,
          new ProgressLine.Goal("images", images(context)),
          () ->
              TrainStage.run(context.spark(), inputs, context.settings(), IntervalPictures::open));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot train: interrupted", e);
    }
  }

  /** How many images the run will see, the last and smaller batches counted as full. */
  private static long images(StageContext context) throws IOException {
    TrainSettings train = context.settings().train();
    long all =
        context.workspace().published(StageNames.PREPARE).counts().get("training") * train.epochs();
    long limit = train.steps() * train.microBatchesPerUpdate() * train.microBatch();
    return train.steps() == 0 ? all : Math.min(all, limit);
  }

  /** The preset that the settings name, of any file system; the ranks need not see its file. */
  static Preset preset(Settings settings, Workspace workspace) {
    try {
      return PresetFile.load(
          settings.lokr().preset(), file -> FileText.of(file, workspace.hadoop()));
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new SettingsException("Invalid lokr.preset: " + e.getMessage());
    }
  }
}
