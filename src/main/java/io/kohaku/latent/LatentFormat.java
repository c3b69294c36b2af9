package io.kohaku.latent;

import io.kohaku.image.Bucket;
import io.kohaku.sdxl.layout.VaeSizes;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.io.Serializable;

/**
 * How one latent is laid out in bytes: little-endian, {@code [4, height / 8, width / 8]}; for
 * moments the means, then the deviations, {@code [8, height / 8, width / 8]}.
 *
 * @param posterior what is stored of the distribution
 * @param storage the type of the numbers
 */
public record LatentFormat(Posterior posterior, Storage storage) implements Serializable {
  /** Channels of a latent. */
  public static final int CHANNELS = VaeSizes.LATENT_CHANNELS;

  /** Pixels along one side of a latent's pixel. */
  public static final int REDUCTION = VaeSizes.REDUCTION;

  /** The least that rounds to infinity is 65520. */
  private static final float LARGEST_HALF = Math.nextDown(65520f);

  /** All of it, for the key that latents are cached under. */
  public String key() {
    return "posterior=%s storage=%s".formatted(posterior, storage);
  }

  /** Channels that are stored. */
  int channels() {
    return posterior == Posterior.MOMENTS ? 2 * CHANNELS : CHANNELS;
  }

  /** Bytes of one latent of this bucket. */
  public int size(Bucket bucket) {
    int numbers = channels() * (bucket.height() / REDUCTION) * (bucket.width() / REDUCTION);
    return numbers * (storage == Storage.FP16 ? Short.BYTES : Float.BYTES);
  }

  /** Whether all values can be stored: finite, and in range of the type. */
  public boolean holds(float[] values) {
    float largest = storage == Storage.FP16 ? LARGEST_HALF : Float.MAX_VALUE;
    for (float value : values) {
      if (!(Math.abs(value) <= largest)) {
        return false;
      }
    }
    return true;
  }
}
