/** Tests of {@code io.kohaku.latent.store}. */
package io.kohaku.latent.store;
