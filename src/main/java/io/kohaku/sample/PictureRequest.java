package io.kohaku.sample;

/**
 * One picture.
 *
 * @param negative what to keep away from
 * @param width pixels, a multiple of {@value #MULTIPLE}
 * @param height pixels, a multiple of {@value #MULTIPLE}
 * @param seed of all noise
 */
public record PictureRequest(
    String prompt, String negative, int width, int height, long seed, SamplingOptions options) {
  /** Sides are multiples of this many pixels: eight of the autoencoder, four of the U-Net. */
  public static final int MULTIPLE = 32;

  /** Checks the size. */
  public PictureRequest {
    if (width < MULTIPLE || height < MULTIPLE || width % MULTIPLE != 0 || height % MULTIPLE != 0) {
      throw new IllegalArgumentException(
          "Invalid size: %sx%s (must be multiples of %s)".formatted(width, height, MULTIPLE));
    }
  }
}
