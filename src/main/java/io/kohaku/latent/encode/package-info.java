/**
 * The stage that gives every selected post a latent, or the reason why it has none.
 *
 * <p>In: posts and their images' places. Out: an {@code EncodedTable}. The latents go into the
 * store chunk by chunk, and what the store has already under the same key is used again.
 */
package io.kohaku.latent.encode;
