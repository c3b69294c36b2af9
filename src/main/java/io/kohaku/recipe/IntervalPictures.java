package io.kohaku.recipe;

import io.kohaku.provenance.Version;
import io.kohaku.sample.picture.TrainingPictures;
import io.kohaku.settings.Settings;
import io.kohaku.train.loop.IntervalSampler;
import io.kohaku.train.model.AdaptedNetworks;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Lets training draw the pictures of section {@code sample}.
 *
 * @param pictures draws
 */
record IntervalPictures(TrainingPictures pictures) implements IntervalSampler {
  static IntervalSampler open(Settings settings, Path folder, AdaptedNetworks networks)
      throws IOException {
    return new IntervalPictures(
        TrainingPictures.open(
            settings, networks.sdxl(), folder, "Kohaku Spark " + Version.value()));
  }

  @Override
  public void sample(long update) throws IOException {
    pictures.draw(update);
  }

  @Override
  public void close() {
    pictures.close();
  }
}
