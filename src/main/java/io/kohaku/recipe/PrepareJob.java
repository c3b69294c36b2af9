package io.kohaku.recipe;

import io.kohaku.digest.Sha256;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.Workspace;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import io.kohaku.train.data.PreparationStage;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

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
  public List<String> sections() {
    return List.of("run.seed", "train.validation.held-out");
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put(StageNames.CAPTION, workspace.input(StageNames.CAPTION));
    inputs.put(StageNames.ENCODE, workspace.input(StageNames.ENCODE));
    // A set of another layout, as older versions wrote it, is made again.
    inputs.put("columns", new Manifest.Input("this program", Sha256.of(PreparationStage.LAYOUT)));
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Settings settings = context.settings();
    Path images = new Path(context.data(), IMAGES);
    PreparationStage.Counts counts =
        PreparationStage.run(
            context.table(StageNames.ENCODE, EncodeJob.LATENTS),
            context.table(StageNames.CAPTION, CaptionJob.CAPTIONS),
            images,
            settings.train().validation().heldOut(),
            settings.run().seed());
    return new StageResult()
        .output(IMAGES, images, counts.images() + counts.heldOut())
        .count("training", counts.images())
        .count("held-out", counts.heldOut())
        .count("without-caption", counts.withoutCaption());
  }
}
