package io.kohaku.job;

import io.kohaku.cluster.TaskShare;
import io.kohaku.latent.EncodePlan;
import io.kohaku.latent.EncodeStage;
import io.kohaku.latent.EncodedTable;
import io.kohaku.latent.LatentTable;
import io.kohaku.latent.VaeSource;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Turns the selected posts' images into latents; what earlier runs encoded is used again. */
final class EncodeJob implements StageJob {
  /** The output that says where each latent lies. */
  static final String LATENTS = "latents";

  private static final String STORE = "store";

  @Override
  public String name() {
    return "encode";
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
    workspace.requireSource("model.checkpoint", settings.model().checkpoint());
    if (settings.model().vae().isPresent()) {
      workspace.requireSource("model.vae", settings.model().vae().get());
    }
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put("select", workspace.input("select"));
    inputs.put("index", workspace.input("index"));
    inputs.put("checkpoint", workspace.source(settings.model().checkpoint()));
    if (settings.model().vae().isPresent()) {
      inputs.put("vae", workspace.source(settings.model().vae().get()));
    }
    return inputs;
  }

  /** The folder of the latents' files, which outlives any one run. */
  static Path store(Workspace workspace) throws IOException {
    return new Path(workspace.stage("encode").path(), STORE);
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Workspace workspace = context.workspace();
    Settings settings = context.settings();
    Dataset<Row> posts = context.table("select", SelectJob.POSTS);
    Dataset<Row> shards = context.table("index", IndexJob.SHARDS);
    long selected = workspace.published("select").output(SelectJob.POSTS).rows();
    EncodePlan plan =
        new EncodePlan(
            settings.images(),
            settings.latents(),
            VaeSource.of(settings.model()),
            settings.run().seed(),
            store(workspace).toString());
    Path encoded = new Path(context.data(), "encoded");
    TaskShare share = new TaskShare(settings.cluster().taskCpus(), settings.cluster().taskGpus());
    EncodeStage stage = new EncodeStage(plan, share.profile(context.spark().sparkContext()));
    Dataset<Row> rows = stage.encode(posts, shards, context.previous(name(), LATENTS));
    Progress.show(
        context.spark().sparkContext(),
        name(),
        new ProgressLine.Goal("images", selected),
        () -> TableFiles.write(rows, encoded));
    return publish(context, context.spark().read().parquet(encoded.toString()), selected);
  }

  private StageResult publish(StageContext context, Dataset<Row> encoded, long selected)
      throws IOException {
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
        TableFiles.tally(context.spark().read().parquet(rejects.toString()), EncodedTable.REASON);
    return new StageResult()
        .output(LATENTS, latents, kept)
        .output("rejects", rejects, rejected)
        .count("selected", selected)
        .rejects(reasons);
  }
}
