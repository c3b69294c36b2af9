/** The files of latents: written once, whole or not there, never changed. */
package io.kohaku.latent.store;
