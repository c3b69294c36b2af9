/** Tests of latents. */
package io.kohaku.latent;
