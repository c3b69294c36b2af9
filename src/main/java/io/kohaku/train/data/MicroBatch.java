package io.kohaku.train.data;

import io.kohaku.train.plan.SampleKey;
import java.util.List;

/**
 * What goes through the networks at a time, as it comes from the tables.
 *
 * @param ids posts
 * @param height height of the latents: pixels / 8
 * @param width width of the latents
 * @param latents {@code [images, 4, height, width]}, times the model's latent scale
 * @param sizes {@code [images, 6]}: original height and width, crop top and left, target height and
 *     width
 * @param texts captions as this moment shows them
 * @param tokens the captions' token rows
 * @param keys the randomness of each image
 */
public record MicroBatch(
    long[] ids,
    int height,
    int width,
    float[] latents,
    float[] sizes,
    List<String> texts,
    CaptionTokens.Ids tokens,
    List<SampleKey> keys) {
  /** How many images there are. */
  public int images() {
    return ids.length;
  }
}
