package io.kohaku.recipe;

import io.kohaku.caption.TagFrequency;
import io.kohaku.engine.Revision;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.WeightFiles;
import io.kohaku.engine.Workspace;
import io.kohaku.engine.model.CheckpointCheck;
import io.kohaku.files.LocalModel;
import io.kohaku.files.LocalOutput;
import io.kohaku.lokr.file.TrainingFacts;
import io.kohaku.provenance.Manifest;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.ExportSettings;
import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.settings.kind.Keys;
import io.kohaku.train.TrainInputs;
import io.kohaku.train.checkpoint.CheckpointStore;
import io.kohaku.train.checkpoint.RunState;
import io.kohaku.weights.export.AdapterExport;
import io.kohaku.weights.export.AdapterHeader;
import io.kohaku.weights.export.TrainedAdapter;
import io.kohaku.weights.export.WholeBlocks;
import io.kohaku.weights.verify.Verification;
import io.kohaku.weights.verify.VerifyReport;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Publishes the adapter under the names that user interfaces know, and loads it again. */
public final class ExportJob implements StageJob {
  /** The output with the adapter. */
  static final String LOKR = "lokr";

  @Override
  public String name() {
    return StageNames.EXPORT;
  }

  @Override
  public String summary() {
    return "Export the LoKr file that user interfaces load, read back and checked.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("export", "model", "images.buckets", "captions.augmentation");
  }

  @Override
  public Revision revision() {
    return new Revision(
        4, "the header tells lengths of inputs and training in fp32 as LyCORIS and kohya do");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    WeightFiles.requireModel(workspace, settings.model(), CheckpointCheck.Part.NETWORKS);
    if (settings.export().averaged() && settings.train().ema().decay() == 0) {
      throw new SettingsException(
          "Invalid export.averaged: true (no average is kept; set train.ema.decay)");
    }
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put(StageNames.CAPTION, workspace.input(StageNames.CAPTION, CaptionJob.CAPTIONS));
    inputs.put(StageNames.ENCODE, workspace.input(StageNames.ENCODE, EncodeJob.LATENTS));
    inputs.put(StageNames.PREPARE, workspace.input(StageNames.PREPARE, PrepareJob.IMAGES));
    inputs.put(StageNames.TRAIN, workspace.input(StageNames.TRAIN, TrainJob.ADAPTER));
    inputs.putAll(WeightFiles.modelInputs(workspace, settings.model()));
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Workspace workspace = context.workspace();
    Settings settings = context.settings();
    ExportSettings export = settings.export();
    Path output = workspace.output(StageNames.TRAIN, TrainJob.ADAPTER);
    Path adapter = export.averaged() ? new Path(output.getParent(), TrainInputs.AVERAGE) : output;
    java.nio.file.Path trained = WeightFiles.local(workspace, adapter.toString());
    Path lokr = new Path(context.data(), export.name() + ".safetensors");
    Map<String, String> texts = texts(context, adapter, trained);
    LocalOutput.write(
        lokr.toString(),
        workspace.hadoop(),
        local -> {
          AdapterExport.write(trained, local, ModelOptions.dtype(export.savePrecision()), texts);
          return local;
        });
    java.nio.file.Path file = WeightFiles.local(workspace, lokr.toString()); // As it was stored.
    StageResult result = new StageResult();
    if (export.verify()) {
      verify(context, file, result);
    }
    return result.output(LOKR, lokr, AdapterExport.layers(file));
  }

  private static TrainingFacts facts(java.nio.file.Path trained) {
    try {
      return AdapterExport.facts(trained);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(e.getMessage());
    }
  }

  private static Map<String, String> texts(
      StageContext context, Path trained, java.nio.file.Path local) throws IOException {
    Configuration hadoop = context.workspace().hadoop();
    Manifest train = context.workspace().published(StageNames.TRAIN);
    Settings settings = context.settings(context.workspace().published(StageNames.ENCODE), train);
    Path images = context.workspace().output(StageNames.PREPARE, PrepareJob.IMAGES);
    TreeMap<String, Long> buckets = new TreeMap<>();
    TrainingRuns.buckets(context.workspace(), images)
        .forEach((bucket, count) -> buckets.put(bucket.name(), (long) count));
    double finished =
        trained.getFileSystem(hadoop).getFileStatus(trained).getModificationTime() / 1e3;
    return new AdapterHeader(
            settings.with(LocalModel.of(settings.model(), hadoop)),
            new AdapterHeader.Run(
                facts(local),
                finished,
                train.seconds(),
                train.fingerprint(),
                WholeBlocks.of(local)),
            buckets,
            TagFrequency.of(
                context.table(StageNames.CAPTION, CaptionJob.CAPTIONS), settings.export().tags()))
        .texts();
  }

  private static void verify(StageContext context, java.nio.file.Path file, StageResult result)
      throws IOException {
    Settings settings = context.settings();
    Workspace workspace = context.workspace();
    VerifyReport report =
        Verification.ofAdapter(
            WeightFiles.local(workspace, settings.model().checkpoint()),
            file,
            new TrainedAdapter(
                saved(context), settings.lokr(), TrainJob.preset(settings, workspace)),
            ModelOptions.of(settings.model(), Precision.FP32));
    VerifyJob.publish(context, report, result);
  }

  /** What the trainer saved after its last update. */
  private static java.nio.file.Path saved(StageContext context) throws IOException {
    Settings settings = context.settings();
    Manifest train = context.workspace().published(StageNames.TRAIN);
    String folder = TrainingRuns.checkpoints(context.workspace(), settings, train);
    java.nio.file.Path checkpoint =
        new CheckpointStore(java.nio.file.Path.of(folder)).at(train.counts().get("updates"));
    java.nio.file.Path saved =
        checkpoint.resolve(settings.export().averaged() ? RunState.AVERAGE : RunState.ADAPTER);
    if (!Files.exists(saved)) {
      throw new SettingsException(
          "Missing training checkpoint: %s (export compares the file with it; train again, or set export.verify = false)"
              .formatted(checkpoint));
    }
    return saved;
  }
}
