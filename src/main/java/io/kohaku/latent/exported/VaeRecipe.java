package io.kohaku.latent.exported;

import io.kohaku.digest.Sha256;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.sdxl.VaeExport;
import io.kohaku.settings.ExportVaeSettings;
import io.kohaku.settings.ImageSettings;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import io.kohaku.settings.Precision;
import java.util.Objects;

/**
 * All that decides what an exported VAE makes of an image's bytes.
 *
 * @param kernels digest of the texts that the model is made of
 * @param vae digest of the checkpoint's weights
 * @param precision what the model computes in
 * @param posterior what of the distribution bytes become: mean or moments
 * @param storage the type of those numbers
 * @param images how images become pixels
 */
public record VaeRecipe(
    String kernels,
    String vae,
    Precision precision,
    Posterior posterior,
    Storage storage,
    ImageSettings images) {

  /** Checks that all is there and no sample is asked for. */
  public VaeRecipe {
    Objects.requireNonNull(kernels, "kernels");
    Objects.requireNonNull(vae, "vae");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(posterior, "posterior");
    Objects.requireNonNull(storage, "storage");
    Objects.requireNonNull(images, "images");
    if (posterior == Posterior.SAMPLE) {
      throw new IllegalArgumentException(
          "Invalid posterior: sample (mean or moments; a sample is seeded by a post's id)");
    }
  }

  /** What this version of the program would export. */
  public static VaeRecipe of(VaeSource vae, ExportVaeSettings settings, ImageSettings images) {
    return new VaeRecipe(
        currentKernels(),
        vae.digest(),
        settings.precision(),
        settings.posterior(),
        settings.storage(),
        images.withoutShards());
  }

  /** The digest of the texts that this version of the program exports. */
  public static String currentKernels() {
    return Sha256.of(String.join("\n", VaeExport.texts()));
  }

  /** The folder's name. DJL keeps what it has unpacked by its address, so no two share one. */
  public String folder() {
    return "vae-encoder-" + Sha256.of(key()).substring(0, 16);
  }

  /** All that an exported VAE's numbers, and its refusals of images, depend on. */
  String key() {
    return "kernels=%s vae=%s precision=%s %s %s max-bytes=%s max-pixels=%s max-side=%s max-frames=%s"
        .formatted(
            kernels,
            vae,
            precision,
            latents().key(),
            images.pixelKey(),
            images.maxBytes(),
            images.maxPixels(),
            images.maxSide(),
            images.maxFrames());
  }

  LatentFormat latents() {
    return new LatentFormat(posterior, storage);
  }
}
