package io.kohaku.recipe;

import io.kohaku.cluster.GpuTasks;
import io.kohaku.cluster.TaskRefusals;
import io.kohaku.cluster.TaskShare;
import io.kohaku.device.DeviceWish;
import io.kohaku.engine.DataGateException;
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
import io.kohaku.engine.model.CheckpointCheck;
import io.kohaku.latent.encode.EncodeCounters;
import io.kohaku.latent.encode.EncodePlan;
import io.kohaku.latent.encode.EncodeStage;
import io.kohaku.latent.encode.LatentWork;
import io.kohaku.latent.encode.ReadBack;
import io.kohaku.latent.encode.StoreBefore;
import io.kohaku.latent.encode.StoreFiles;
import io.kohaku.latent.npz.NpzStage;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.LatentTable;
import io.kohaku.latent.vae.EncoderChoice;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.provenance.Change;
import io.kohaku.provenance.Manifest;
import io.kohaku.rows.TableFiles;
import io.kohaku.settings.LatentSettings;
import io.kohaku.settings.LatentSettings.Computing;
import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import io.kohaku.settings.kind.Keys;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Turns the selected posts' images into latents; what earlier runs encoded is used again. */
public final class EncodeJob implements StageJob {
  /** The output that says where each latent lies. */
  static final String LATENTS = "latents";

  private static final String GATE = "latents.max-reject-fraction";

  /** Files of other programs' latents that cannot be used; their posts' images are encoded. */
  private static final String IMPORT_REJECTS = "import-rejects";

  @Override
  public String name() {
    return StageNames.ENCODE;
  }

  @Override
  public String summary() {
    return "Encode images to VAE latents, partitioned by aspect-ratio bucket.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("images", LATENTS, "run.seed");
  }

  @Override
  public Revision revision() {
    return new Revision(
        4,
        "imported latents that cannot be trained are encoded, more image files decode, and odd BMP, GIF and EXIF data are read right");
  }

  /** Latents are lost by what they are kept under, and draws of revision 1; else used again. */
  @Override
  public Loss loss(StagePlan plan, Settings settings, Workspace workspace) throws IOException {
    Keys keys =
        Keys.of("images", LATENTS, "run.seed", "checkpoint", "vae", "precision")
            .except("latents.runner");
    boolean drawn = settings.latents().posterior() == LatentSettings.Posterior.SAMPLE;
    Predicate<Change> redrawn = it -> it.cause() == Change.Cause.REVISION && it.from().equals("1");
    return plan.changes().stream()
            .anyMatch(change -> keys.holds(change.name()) || drawn && redrawn.test(change))
        ? StageJob.super.loss(plan, settings, workspace)
        : Loss.NONE;
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    if (settings.latents().runner() == LatentSettings.Runner.PREDICTOR) {
      workspace.published(StageNames.EXPORT_VAE);
    }
    WeightFiles.requireModel(workspace, settings.model(), CheckpointCheck.Part.AUTOENCODER);
    for (String folder : settings.latents().imports()) {
      workspace.requireSource("latents.imports", folder);
    }
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put(StageNames.SELECT, workspace.input(StageNames.SELECT, SelectJob.POSTS));
    inputs.put(StageNames.INDEX, workspace.input(StageNames.INDEX, IndexJob.SHARDS));
    inputs.putAll(WeightFiles.modelInputs(workspace, settings.model()));
    if (settings.latents().runner() == LatentSettings.Runner.PREDICTOR) {
      inputs.put(StageNames.EXPORT_VAE, workspace.input(StageNames.EXPORT_VAE, ExportVaeJob.MODEL));
    } else if (settings.latents().precision() == Computing.AUTO) {
      String precision = precision(settings).name();
      inputs.put("precision", new Manifest.Input(precision, precision));
    }
    List<String> imports = settings.latents().imports();
    for (int i = 0; i < imports.size(); i++) {
      inputs.put("imports-" + i, workspace.place(imports.get(i)));
    }
    return inputs;
  }

  /** What the tasks are told; the seed, the store and the settings of the model decide latents. */
  static EncodePlan plan(StageContext context) throws IOException {
    Settings settings = context.settings();
    return new EncodePlan(
        settings.images(),
        settings.latents(),
        VaeSource.of(settings.model()),
        settings.run().seed(),
        PublishedStore.folder(context.workspace()).toString());
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
  public Optional<String> missing(Manifest published, Workspace workspace) throws IOException {
    return PublishedStore.missing(published, workspace);
  }

  @Override
  public void checkGate(Settings settings, Manifest published) {
    double allowed = settings.latents().maxRejectFraction();
    DataGateException.check(GATE, allowed, published, published.output(LATENTS).rows());
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    long selected = context.workspace().published(StageNames.SELECT).output(SelectJob.POSTS).rows();
    StageResult result = new StageResult();
    EncoderChoice encoder =
        ExportVaeJob.encoder(context).told(context.settings().latents().precision());
    EncodeCounters counters = EncodeCounters.of(context.spark().sparkContext());
    EncodePlan plan = plan(context).with(encoder);
    Path encoded = new Path(context.data(), "encoded");
    Configuration hadoop = context.spark().sessionState().newHadoopConf();
    StoreBefore before = StoreBefore.of(plan, hadoop, context.previous(name(), LATENTS));
    LatentWork work = work(context, stage(context, plan, counters), before, result);
    ProgressDisplay.show(
        context,
        new ProgressLine.Goal("images", work.rest()),
        () ->
            TaskRefusals.ending(
                context.spark().sparkContext(), () -> TableFiles.write(work.table(), encoded)));
    counters
        .tellFallbacks(encoder.precision())
        .ifPresent(images -> result.count(EncodeCounters.FALLBACKS, images));
    Dataset<Row> written = TableFiles.read(context.spark(), encoded);
    ReadBack.run(written, plan.store(), plan.latents().verify());
    publish(context, written, selected, result);
    before.count(written, plan.importKey()).byName().forEach(result::count);
    result.count(StoreFiles.COUNT, StoreFiles.count(new Path(plan.store()), hadoop));
    return result.count("selected", selected);
  }

  private static EncodeStage stage(StageContext context, EncodePlan plan, EncodeCounters counters) {
    return new EncodeStage(
        plan,
        counters,
        TaskShare.of(context.settings().cluster()).profile(context.spark().sparkContext()),
        DeviceWish.of(context.settings().cluster()));
  }

  /**
   * One row for each selected post: those with an imported latent, which are imported here, then
   * all others.
   */
  private static LatentWork work(
      StageContext context, EncodeStage stage, StoreBefore before, StageResult result)
      throws IOException {
    Dataset<Row> posts = context.table(StageNames.SELECT, SelectJob.POSTS);
    Dataset<Row> shards = context.table(StageNames.INDEX, IndexJob.SHARDS);
    if (context.settings().latents().imports().isEmpty()) {
      return stage.encode(posts, shards, before).told();
    }
    Path path = new Path(context.data(), "imported");
    LatentWork files = new NpzStage(plan(context)).imported(posts, before).toldImports();
    ProgressDisplay.show(
        context,
        new ProgressLine.Goal(NpzStage.IMPORTS, files.rest()),
        () -> TableFiles.write(files.table(), path));
    Dataset<Row> imported = TableFiles.read(context.spark(), path);
    Path rejects = new Path(context.data(), IMPORT_REJECTS);
    long rejected = TableFiles.write(LatentTable.rejects(imported), rejects);
    result.table(IMPORT_REJECTS, rejects, rejected);
    NpzStage.tellRejected(rejected, IMPORT_REJECTS);
    LatentWork images = stage.encode(NpzStage.notImported(posts, imported), shards, before).told();
    return new LatentWork(
        images.table().union(NpzStage.taken(imported)),
        files.reused() + images.reused(),
        images.rest());
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
        GATE, context.settings().latents().maxRejectFraction(), rejected, selected);
    Map<String, Long> reasons =
        TableFiles.countBy(TableFiles.read(context.spark(), rejects), EncodedTable.REASON);
    result.table(LATENTS, latents, kept).table("rejects", rejects, rejected).rejects(reasons);
  }
}
