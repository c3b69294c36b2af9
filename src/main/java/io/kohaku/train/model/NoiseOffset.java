package io.kohaku.train.model;

/**
 * Noise that also shifts whole channels, so that a model learns very dark and very bright pictures.
 *
 * <p>ε += max(0, offset + adaptive·|mean of the latent's channel|) · one normal number per channel.
 *
 * @param offset strength; 0 is off
 * @param adaptive what the latent itself adds to the strength; 0 is off
 */
public record NoiseOffset(double offset, double adaptive) {
  /** No offset. */
  public static final NoiseOffset NONE = new NoiseOffset(0, 0);
}
