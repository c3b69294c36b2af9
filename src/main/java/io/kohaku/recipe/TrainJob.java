package io.kohaku.recipe;

import io.kohaku.digest.Sha256;
import io.kohaku.engine.ProgressDisplay;
import io.kohaku.engine.ProgressLine;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.WeightFiles;
import io.kohaku.engine.Workspace;
import io.kohaku.files.FileText;
import io.kohaku.files.LocalCopy;
import io.kohaku.lokr.preset.BuiltInPreset;
import io.kohaku.lokr.preset.Preset;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.train.RunFolder;
import io.kohaku.train.TrainInputs;
import io.kohaku.train.TrainStage;
import io.kohaku.train.loop.TrainOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains the adapter in one barrier stage. */
public final class TrainJob implements StageJob {
  /** The output with the trained adapter. */
  static final String ADAPTER = "adapter";

  private static final Logger LOG = LoggerFactory.getLogger(TrainJob.class);

  @Override
  public String name() {
    return StageNames.TRAIN;
  }

  @Override
  public String summary() {
    return "Train the LoKr adapter of the U-Net and both text encoders.";
  }

  /** What decides the weights; how often a run is saved or logged does not. */
  @Override
  public List<String> sections() {
    return List.of(
        "run.seed",
        "model",
        "lokr",
        "captions.augmentation",
        "train.micro-batch",
        "train.micro-batches-per-update",
        "train.epochs",
        "train.steps",
        "train.compute",
        "train.speed.norms",
        "train.objective",
        "train.optimizer",
        "train.schedule",
        "train.guard",
        "train.ema",
        "train.validation",
        "cluster.wire");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    WeightFiles.requireModel(workspace, settings.model());
    if (settings.lokr().resume().isPresent()) {
      workspace.requireSource("lokr.resume", settings.lokr().resume().get());
    }
    preset(settings, workspace);
    workspace.requireSource("model.tokenizer", settings.model().tokenizer());
    checkCheckpoints(settings, workspace);
  }

  /** Checkpoints are read in place by all ranks, so they cannot lie in an object store. */
  private static void checkCheckpoints(Settings settings, Workspace workspace) throws IOException {
    String folder = settings.train().checkpoint().folder();
    Path place = folder.isBlank() ? workspace.root() : new Path(folder);
    if (LocalCopy.fileSystem(place, workspace.hadoop()) instanceof LocalFileSystem) {
      return;
    }
    String rule = "name a folder that every executor mounts at the same path";
    throw new SettingsException(
        folder.isBlank()
            ? "Missing setting: train.checkpoint.folder (run.work is %s; %s)".formatted(place, rule)
            : "Invalid train.checkpoint.folder: %s (%s)".formatted(folder, rule));
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put(StageNames.PREPARE, workspace.input(StageNames.PREPARE));
    inputs.put("checkpoint", workspace.source(settings.model().checkpoint()));
    inputs.put("tokenizer", workspace.source(settings.model().tokenizer()));
    if (settings.lokr().resume().isPresent()) {
      inputs.put("resume", workspace.source(settings.lokr().resume().get()));
    }
    String preset = settings.lokr().preset();
    if (BuiltInPreset.ofKey(preset).isEmpty()) {
      String text = FileText.of(preset, workspace.hadoop()).orElse("");
      inputs.put("preset", new Manifest.Input(preset, Sha256.of(text)));
    }
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Workspace workspace = context.workspace();
    TrainInputs inputs =
        new TrainInputs(
            workspace.output(StageNames.PREPARE, PrepareJob.IMAGES).toString(),
            EncodeJob.store(workspace).toString(),
            workspace.published(StageNames.PREPARE).digest(),
            checkpoints(workspace, context.settings(), context.fingerprint()),
            context.data().toString(),
            preset(context.settings(), workspace));
    TrainOutcome outcome = train(context, inputs);
    LOG.info(
        "Loss on the fixed images: {} before, {} after", outcome.firstLoss(), outcome.lastLoss());
    Path adapter = new Path(context.data(), TrainInputs.ADAPTER);
    Path logs = new Path(context.data(), RunFolder.LOGS);
    StageResult result =
        new StageResult()
            .output(ADAPTER, adapter, 1)
            .output(RunFolder.LOGS, logs, outcome.progress().step())
            .count("updates", outcome.progress().step());
    Path pictures = new Path(context.data(), RunFolder.PICTURES);
    FileSystem files = pictures.getFileSystem(workspace.hadoop());
    return files.exists(pictures)
        ? result.output(RunFolder.PICTURES, pictures, files.listStatus(pictures).length)
        : result;
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

  /** A run that was broken off is taken up again by the same settings on the same data alone. */
  static String checkpoints(Workspace workspace, Settings settings, String fingerprint)
      throws IOException {
    String folder = settings.train().checkpoint().folder();
    Path parent =
        folder.isBlank()
            ? new Path(workspace.stage(StageNames.TRAIN).path(), "checkpoints")
            : new Path(folder);
    return local(new Path(parent, fingerprint.substring(0, 12)));
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

  private static String local(Path path) {
    return path.toUri().getPath();
  }
}
