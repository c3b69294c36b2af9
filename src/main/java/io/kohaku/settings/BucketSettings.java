package io.kohaku.settings;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import java.io.Serializable;

/**
 * Which sizes images are trained at.
 *
 * @param width width in pixels of the resolution whose area every bucket stays below
 * @param height height in pixels of that resolution
 * @param minSide shortest side in pixels of a listed bucket
 * @param maxSide longest side in pixels of a listed bucket
 * @param step every bucket side is a multiple of this number of pixels
 * @param upscale whether small images are enlarged to a listed bucket
 */
public record BucketSettings(
    @Range(min = 64) int width,
    @Range(min = 64) int height,
    @Range(min = 8) int minSide,
    @Range(min = 8) int maxSide,
    @Range(min = 8) int step,
    boolean upscale)
    implements Serializable, Checked {
  /** A latent's pixel is of 8, and the U-Net halves a latent twice. */
  private static final int UNIT = 32;

  /** All that decides which sizes there are, for the keys that latents are cached under. */
  public String key() {
    return "buckets.width=%s buckets.height=%s buckets.min-side=%s buckets.max-side=%s buckets.step=%s buckets.upscale=%s"
        .formatted(width, height, minSide, maxSide, step, upscale);
  }

  @Override
  public void check(Problems problems) {
    requireMultiple(problems, "step", step);
    if (upscale) {
      // A listed bucket's width counts from the one, its height ends at the other.
      requireMultiple(problems, "min-side", minSide);
      requireMultiple(problems, "max-side", maxSide);
    }
    if (minSide > maxSide) {
      problems.add("min-side", minSide, "must not be above max-side");
    }
    if (Math.min(width, height) < minSide) {
      problems.add("min-side", minSide, "must not be above width or height");
    }
    if (Math.max(width, height) > maxSide) {
      problems.add("max-side", maxSide, "must not be below width or height");
    }
  }

  private static void requireMultiple(Problems problems, String key, int side) {
    if (side % UNIT != 0) {
      problems.add(
          key,
          side,
          "must be a multiple of %s, as the U-Net needs pictures' sides".formatted(UNIT));
    }
  }
}
