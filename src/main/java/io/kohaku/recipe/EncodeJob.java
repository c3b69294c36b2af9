package io.kohaku.recipe;

import io.kohaku.cluster.GpuTasks;
import io.kohaku.cluster.TaskRefusals;
import io.kohaku.cluster.TaskShare;
import io.kohaku.device.DeviceWish;
import io.kohaku.engine.DataGateException;
import io.kohaku.engine.ProgressDisplay;
import io.kohaku.engine.ProgressLine;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.TableFiles;
import io.kohaku.engine.WeightFiles;
import io.kohaku.engine.Workspace;
import io.kohaku.latent.encode.EncodeCounters;
import io.kohaku.latent.encode.EncodePlan;
import io.kohaku.latent.encode.EncodeStage;
import io.kohaku.latent.npz.NpzStage;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.LatentTable;
import io.kohaku.latent.vae.EncoderChoice;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.LatentSettings;
import io.kohaku.settings.LatentSettings.Computing;
import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the selected posts' images into latents; what earlier runs encoded is used again. */
public final class EncodeJob implements StageJob {
  /** The output that says where each latent lies. */
  static final String LATENTS = "latents";

  /** Files of other programs' latents that cannot be used; their posts' images are encoded. */
  private static final String IMPORT_REJECTS = "import-rejects";

  private static final String STORE = "store";

  private static final Logger LOG = LoggerFactory.getLogger(EncodeJob.class);

  @Override
  public String name() {
    return StageNames.ENCODE;
  }

  @Override
  public String summary() {
    return "Encode images to VAE latents, partitioned by aspect-ratio bucket.";
  }

  @Override
  public List<String> sections() {
    return List.of("images", LATENTS, "model.checkpoint", "model.vae", "run.seed");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    WeightFiles.requireModel(workspace, settings.model());
    if (settings.latents().runner() == LatentSettings.Runner.PREDICTOR) {
      workspace.published(StageNames.EXPORT_VAE);
    }
    for (String folder : settings.latents().imports()) {
      workspace.requireSource("latents.imports", folder);
    }
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put(StageNames.SELECT, workspace.input(StageNames.SELECT));
    inputs.put(StageNames.INDEX, workspace.input(StageNames.INDEX));
    inputs.put("checkpoint", workspace.source(settings.model().checkpoint()));
    if (settings.model().vae().isPresent()) {
      inputs.put("vae", workspace.source(settings.model().vae().get()));
    }
    if (settings.latents().runner() == LatentSettings.Runner.PREDICTOR) {
      inputs.put(StageNames.EXPORT_VAE, workspace.input(StageNames.EXPORT_VAE));
    } else if (settings.latents().precision() == Computing.AUTO) {
      inputs.put("precision", new Manifest.Input("auto", precision(settings).name()));
    }
    for (String folder : settings.latents().imports()) {
      inputs.put(folder, workspace.source(folder));
    }
    return inputs;
  }

  /** The folder of the latents' files, which outlives any one run. */
  static Path store(Workspace workspace) throws IOException {
    return new Path(workspace.stage(StageNames.ENCODE).path(), STORE);
  }

  /** What the tasks are told; the seed, the store and the settings of the model decide latents. */
  static EncodePlan plan(StageContext context) throws IOException {
    Settings settings = context.settings();
    return new EncodePlan(
        settings.images(),
        settings.latents(),
        VaeSource.of(settings.model()),
        settings.run().seed(),
        store(context.workspace()).toString());
  }

  /** What our own kernels compute in: one answer for all tasks, under which latents are kept. */
  static Precision precision(Settings settings) {
    Computing asked = settings.latents().precision();
    return asked.precision(
        asked == Computing.AUTO
            && GpuTasks.expected(
                DeviceWish.of(settings.cluster()),
                TaskShare.of(settings.cluster()),
                new SparkConf()));
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    long selected = context.workspace().published(StageNames.SELECT).output(SelectJob.POSTS).rows();
    StageResult result = new StageResult();
    EncoderChoice encoder = ExportVaeJob.encoder(context);
    LOG.info(
        "The VAE computes in {} (latents.precision is {})",
        encoder.precision(),
        context.settings().latents().precision());
    EncodeCounters counters = EncodeCounters.of(context.spark().sparkContext());
    EncodeStage stage =
        new EncodeStage(
            plan(context).with(encoder),
            counters,
            TaskShare.of(context.settings().cluster()).profile(context.spark().sparkContext()),
            DeviceWish.of(context.settings().cluster()));
    Path encoded = new Path(context.data(), "encoded");
    ProgressDisplay.show(
        context,
        new ProgressLine.Goal("images", selected),
        () ->
            TaskRefusals.ending(
                context.spark().sparkContext(),
                () -> TableFiles.write(encoded(context, stage, result), encoded)));
    tellFallbacks(encoder.precision(), counters, result);
    publish(context, context.spark().read().parquet(encoded.toString()), selected, result);
    return result.count("selected", selected);
  }

  /** One row for each selected post: those with an imported latent, then all others. */
  private Dataset<Row> encoded(StageContext context, EncodeStage stage, StageResult result)
      throws IOException {
    Dataset<Row> posts = context.table(StageNames.SELECT, SelectJob.POSTS);
    Dataset<Row> shards = context.table(StageNames.INDEX, IndexJob.SHARDS);
    Optional<Dataset<Row>> previous = context.previous(name(), LATENTS);
    if (context.settings().latents().imports().isEmpty()) {
      return stage.encode(posts, shards, previous);
    }
    Path path = new Path(context.data(), "imported");
    TableFiles.write(new NpzStage(plan(context)).imported(posts, previous), path);
    Dataset<Row> imported = context.spark().read().parquet(path.toString());
    Path rejects = new Path(context.data(), IMPORT_REJECTS);
    long rejected = TableFiles.write(LatentTable.rejects(imported), rejects);
    result.output(IMPORT_REJECTS, rejects, rejected);
    result.count("imported", imported.count() - rejected);
    return stage
        .encode(NpzStage.notImported(posts, imported), shards, previous)
        .union(NpzStage.taken(imported));
  }

  /** Latents of earlier runs are not counted again, whatever they were made in. */
  private static void tellFallbacks(
      Precision precision, EncodeCounters counters, StageResult result) {
    if (precision == Precision.FP32) {
      return;
    }
    long images = counters.fallbacks().value();
    result.count(EncodeCounters.FALLBACKS, images);
    LOG.info("fp32 fallback: {} images that were not finite in {}", images, precision);
    if (2 * images > counters.images().value()) {
      LOG.warn(
          "The VAE overflows in {} for most images, each of which was encoded twice (set latents.precision = fp32, or model.vae to one made for fp16)",
          precision);
    }
  }

  private static void publish(
      StageContext context, Dataset<Row> encoded, long selected, StageResult result) {
    Path latents = new Path(context.data(), LATENTS);
    Path rejects = new Path(context.data(), "rejects");
    long kept =
        TableFiles.write(
            LatentTable.of(encoded, context.settings().run().seed()), latents, EncodedTable.BUCKET);
    long rejected = TableFiles.write(LatentTable.rejects(encoded), rejects);
    DataGateException.check(
        "latents.max-reject-fraction",
        context.settings().latents().maxRejectFraction(),
        rejected,
        selected);
    Map<String, Long> reasons =
        TableFiles.countBy(context.spark().read().parquet(rejects.toString()), EncodedTable.REASON);
    result.output(LATENTS, latents, kept).output("rejects", rejects, rejected).rejects(reasons);
  }
}
