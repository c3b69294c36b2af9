package io.kohaku.latent.npz;

import io.kohaku.image.Bucket;
import io.kohaku.latent.LatentFormat;
import io.kohaku.settings.BucketSettings;
import java.util.Optional;

/** Which sizes of latents that were made elsewhere can be trained beside the settings' buckets. */
final class TrainableSizes {
  /** What the U-Net, which halves twice, needs a latent's height and width to be multiples of. */
  private static final int UNIT = 4;

  private static final int PIXELS = UNIT * LatentFormat.REDUCTION;

  private final BucketSettings buckets;

  TrainableSizes(BucketSettings buckets) {
    this.buckets = buckets;
  }

  /** What is wrong with the size, if anything is. */
  Optional<String> problem(Bucket size) {
    int height = size.height() / LatentFormat.REDUCTION;
    int width = size.width() / LatentFormat.REDUCTION;
    if (height % UNIT != 0 || width % UNIT != 0) {
      return Optional.of(
          "%s x %s latents are no multiple of %s (pictures of multiples of %s pixels)"
              .formatted(height, width, UNIT, PIXELS));
    }
    int shortest = Math.min(size.width(), size.height());
    int longest = Math.max(size.width(), size.height());
    if (shortest < shortest() || longest > longest()) {
      return Optional.of(
          "%s x %s latents, of a picture of %s pixels, whose sides images.buckets keeps from %s to %s"
              .formatted(height, width, size.name(), shortest(), longest()));
    }
    return Optional.empty();
  }

  private long shortest() {
    return buckets.upscale() ? buckets.minSide() : PIXELS;
  }

  /** Made to measure, a bucket of the settings' area is longest where it is thinnest. */
  private long longest() {
    return buckets.upscale()
        ? buckets.maxSide()
        : (long) buckets.width() * buckets.height() / PIXELS;
  }
}
