package io.kohaku.recipe;

import io.kohaku.engine.ProgressDisplay;
import io.kohaku.engine.ProgressLine;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.Workspace;
import io.kohaku.latent.npz.NpzStage;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import io.kohaku.settings.kind.Keys;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Writes the latents as the files that sd-scripts caches beside its images. */
public final class ExportLatentsJob implements StageJob {
  /** The output with one {@code <id>.npz} for each latent. */
  static final String NPZ = "npz";

  @Override
  public String name() {
    return StageNames.EXPORT_LATENTS;
  }

  @Override
  public String summary() {
    return "Export the latents as sd-scripts' .npz caches.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("run.seed");
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    return new TreeMap<>(
        Map.of(StageNames.ENCODE, workspace.input(StageNames.ENCODE, EncodeJob.LATENTS)));
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    PublishedStore.require(context.workspace());
    Path folder = new Path(context.data(), NPZ);
    Dataset<Row> latents = context.table(StageNames.ENCODE, EncodeJob.LATENTS);
    NpzStage stage = new NpzStage(EncodeJob.plan(context));
    long images = context.workspace().published(StageNames.ENCODE).output(EncodeJob.LATENTS).rows();
    long written =
        ProgressDisplay.show(
            context,
            new ProgressLine.Goal("images", images),
            () -> stage.exported(latents, folder.toString()).count());
    return new StageResult().output(NPZ, folder, written);
  }
}
