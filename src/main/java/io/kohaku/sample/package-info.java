/**
 * From a checkpoint, an adapter and a prompt to a picture.
 *
 * <p>A prompt becomes weighted runs of words, those become chunks of 75 tokens, those become what
 * the U-Net reads. A sampler is a table: for each step the noise level at which the U-Net is asked
 * and the coefficients with which the latents, the denoised latents, those of the step before and
 * fresh noise are added up. So every sampler is plain numbers that a test can check, and one loop
 * runs them all. All randomness comes from the picture's seed.
 *
 * <p>A checkpoint draws with adapters added to its loaded weights, as baking adds them to a file:
 * once, not in every step. In the middle of training the trainer's own networks draw, which carry
 * the adapter already, and nothing of theirs is changed.
 */
package io.kohaku.sample;
