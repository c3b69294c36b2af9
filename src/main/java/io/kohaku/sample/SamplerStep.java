package io.kohaku.sample;

/**
 * One step of a sampler: {@code x' = latents·x + denoised·D + previous·D_previous + noise·N(0, 1)}.
 *
 * @param sigma noise level at which the denoised latents D are asked for
 * @param latents coefficient of the latents
 * @param denoised coefficient of D
 * @param previous coefficient of the D of the step before
 * @param noise coefficient of fresh unit noise
 */
record SamplerStep(double sigma, double latents, double denoised, double previous, double noise) {
  double[] coefficients() {
    return new double[] {latents, denoised, previous, noise};
  }
}
