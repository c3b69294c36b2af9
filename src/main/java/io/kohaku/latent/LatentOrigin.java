package io.kohaku.latent;

import io.kohaku.image.Placement;
import io.kohaku.image.shard.ImageSource;
import java.io.Serializable;

/**
 * Everything about a latent but its numbers.
 *
 * @param id the post
 * @param placement how the image was resized and cropped
 * @param source where the image's bytes lay
 * @param sha256 of the image's bytes, hexadecimal
 * @param key of the settings and weights that made it
 * @param format how it is laid out
 */
public record LatentOrigin(
    long id,
    Placement placement,
    ImageSource source,
    String sha256,
    String key,
    LatentFormat format)
    implements Serializable {}
