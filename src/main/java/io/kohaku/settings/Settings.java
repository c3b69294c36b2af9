package io.kohaku.settings;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.captions.CaptionSettings;
import io.kohaku.settings.kind.What;
import io.kohaku.settings.posts.PostSettings;
import java.io.Serializable;

/**
 * All settings of a run, one record for each section of {@code reference.conf}.
 *
 * @param model the frozen SDXL model
 * @param lokr the adapter that is trained
 * @param cluster how the ranks of a training run reach each other
 * @param train how the adapter is trained
 * @param run where the outputs lie and which seed they grow from
 * @param demo the made-up site that the demo runs on
 * @param posts where the posts lie and which are kept
 * @param captions which words describe a post
 * @param images where the images are and how they become pixels
 * @param latents how pixels become latents
 * @param exportVae the VAE's encoder as a model for DJL
 * @param export how the adapter is published
 * @param merge which checkpoints are added up
 * @param bake which adapters are added to a checkpoint
 * @param sample which pictures are drawn
 */
public record Settings(
    ModelSettings model,
    LokrSettings lokr,
    ClusterSettings cluster,
    TrainSettings train,
    RunSettings run,
    @What DemoSettings demo,
    PostSettings posts,
    CaptionSettings captions,
    ImageSettings images,
    LatentSettings latents,
    @What ExportVaeSettings exportVae,
    ExportSettings export,
    MergeSettings merge,
    BakeSettings bake,
    SampleSettings sample)
    implements Checked, Serializable {

  @Override
  public void check(Problems problems) {
    boolean dropout = lokr.rankDropout() > 0 || lokr.moduleDropout() > 0;
    if (train.speed().merge() == SpeedSettings.Every.UPDATE && dropout) {
      problems.add(
          "train.speed.merge",
          "update",
          "needs lokr.rank-dropout = 0 and lokr.module-dropout = 0: what they leave out differs from micro-batch to micro-batch");
    }
  }

  /** The same settings with this model. */
  public Settings with(ModelSettings other) {
    return new Settings(
        other, lokr, cluster, train, run, demo, posts, captions, images, latents, exportVae, export,
        merge, bake, sample);
  }
}
