/** Tests of the exported VAE. */
package io.kohaku.latent.exported;
