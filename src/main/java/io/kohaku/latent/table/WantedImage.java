package io.kohaku.latent.table;

import io.kohaku.digest.Sha256;
import io.kohaku.image.shard.ImageSource;
import io.kohaku.latent.StoredLatent;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

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

  /** The name of a chunk: the same images under the same key have the same one. */
  public static String chunk(String key, List<WantedImage> images) {
    String members =
        images.stream()
            .sorted(BY_SOURCE)
            .map(WantedImage::text)
            .collect(Collectors.joining("\n", key + "\n", ""));
    return Sha256.of(members).substring(0, 24);
  }

  /** Spelled out: a chunk that a killed job had finished is found again by its name. */
  private String text() {
    return "id=%s shard=%s offset=%s length=%s stamp=%s"
        .formatted(id, source.shard(), source.offset(), source.length(), source.stamp());
  }
}
