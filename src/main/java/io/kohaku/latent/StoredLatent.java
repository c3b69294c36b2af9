package io.kohaku.latent;

import io.kohaku.image.shard.ImageSource;
import java.io.Serializable;

/**
 * A latent in the store.
 *
 * @param origin what it was made from
 * @param place where its bytes lie
 */
public record StoredLatent(LatentOrigin origin, LatentPlace place) implements Serializable {

  /** The same latent of an image that lies elsewhere now. */
  public StoredLatent movedTo(ImageSource source) {
    return new StoredLatent(
        new LatentOrigin(
            origin.id(),
            origin.placement(),
            source,
            origin.sha256(),
            origin.key(),
            origin.format()),
        place);
  }
}
