package io.kohaku.latent.table;

import io.kohaku.image.shard.ImageSource;
import io.kohaku.latent.StoredLatent;
import java.io.Serializable;
import java.util.Comparator;

/**
 * An image that has no latent yet.
 *
 * @param id the post
 * @param source where its bytes lie
 * @param earlier the latent of the post's image as it was when it lay elsewhere, or null
 */
public record WantedImage(long id, ImageSource source, StoredLatent earlier)
    implements Serializable {
  /** The order of least seeking. */
  public static final Comparator<WantedImage> BY_SOURCE =
      Comparator.comparing((WantedImage image) -> image.source().shard())
          .thenComparingLong(image -> image.source().offset())
          .thenComparingLong(WantedImage::id);
}
