package io.kohaku.recipe;

import io.kohaku.digest.Sha256;
import io.kohaku.engine.Revision;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.Workspace;
import io.kohaku.provenance.Manifest;
import io.kohaku.rows.TableDigest;
import io.kohaku.settings.Settings;
import io.kohaku.settings.kind.Keys;
import io.kohaku.train.data.PreparationStage;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Lays captions beside latents in training order; a new caption recipe costs this and no more. */
public final class PrepareJob implements StageJob {
  /** The output that training reads. */
  static final String IMAGES = "images";

  @Override
  public String name() {
    return StageNames.PREPARE;
  }

  @Override
  public String summary() {
    return "Lay captions beside latents, in the order that training reads.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("run.seed", "train.validation.held-out");
  }

  @Override
  public Revision revision() {
    return new Revision(2, "train.validation.held-out holds out other images");
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put(StageNames.CAPTION, workspace.input(StageNames.CAPTION, CaptionJob.CAPTIONS));
    inputs.put(StageNames.ENCODE, workspace.input(StageNames.ENCODE, EncodeJob.LATENTS));
    // A set of another layout, as older versions wrote it, is made again.
    inputs.put("columns", new Manifest.Input("this program", Sha256.of(PreparationStage.LAYOUT)));
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Settings settings = context.settings();
    Path images = new Path(context.data(), IMAGES);
    Dataset<Row> latents = context.table(StageNames.ENCODE, EncodeJob.LATENTS);
    Dataset<Row> captions = context.table(StageNames.CAPTION, CaptionJob.CAPTIONS);
    int heldOut = settings.train().validation().heldOut();
    long seed = settings.run().seed();
    PreparationStage.Counts counts = PreparationStage.run(latents, captions, images, heldOut, seed);
    String told = TableDigest.of(PreparationStage.told(latents, captions, heldOut, seed));
    return new StageResult()
        .output(IMAGES, images, counts.images() + counts.heldOut(), told)
        .count("training", counts.images())
        .count("held-out", counts.heldOut())
        .count("without-caption", counts.withoutCaption());
  }
}
