/**
 * The {@code .npz} files that sd-scripts keeps beside its images, to latents of the store and back.
 */
package io.kohaku.latent.npz;
