package io.kohaku.sample;

/**
 * One step of a sampler: {@code x' = latents·x + answer·D + before·D_before + noise·N(0, 1)}.
 *
 * @param sigma noise level at which the denoised latents D are asked for
 * @param latents coefficient of the latents
 * @param answer coefficient of D
 * @param before coefficient of the D of the step before
 * @param noise coefficient of fresh unit noise
 */
record SamplerStep(double sigma, double latents, double answer, double before, double noise) {}
