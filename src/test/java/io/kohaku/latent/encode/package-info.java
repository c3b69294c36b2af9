/** Tests of {@code io.kohaku.latent.encode}. */
package io.kohaku.latent.encode;
