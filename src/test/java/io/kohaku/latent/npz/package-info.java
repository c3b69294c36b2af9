/** Tests of {@code io.kohaku.latent.npz}. */
package io.kohaku.latent.npz;
