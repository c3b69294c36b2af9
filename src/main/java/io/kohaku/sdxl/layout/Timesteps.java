package io.kohaku.sdxl.layout;

/** The divisor of the exponent in the timestep embedding's frequencies. */
public enum Timesteps {
  /** Half the embedding's width (160), as SGM and every sampler have it. */
  HALF_WIDTH,
  /** One less (159), as sd-scripts had it up to 0.8.4. */
  HALF_WIDTH_MINUS_ONE;

  long divisor(long half) {
    return this == HALF_WIDTH ? half : half - 1;
  }
}
