/**
 * The VAE as the encode stage uses it: where it lies, what stands for its weights, and pixels to
 * distributions.
 */
package io.kohaku.latent.vae;
