package io.kohaku.settings;

import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.Problems;
import java.io.Serializable;

/**
 * The VAE's encoder as a model for DJL.
 *
 * @param precision what it computes in
 * @param posterior what of the distribution an image's bytes become: mean or moments
 * @param storage the type of the numbers that an image's bytes become
 */
public record ExportVaeSettings(Precision precision, Posterior posterior, Storage storage)
    implements Checked, Serializable {

  @Override
  public void check(Problems problems) {
    if (posterior == Posterior.SAMPLE) {
      problems.add(
          "posterior",
          "sample",
          "mean or moments; a sample is seeded by a post's id, not its image");
    }
  }
}
