/** Tests of {@code io.kohaku.latent.vae}. */
package io.kohaku.latent.vae;
