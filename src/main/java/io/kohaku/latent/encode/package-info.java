/**
 * The stage that gives every selected post a latent, or the reason why it has none.
 *
 * <p>In: posts and their images' places. Out: an {@code EncodedTable}. The latents go into the
 * store chunk by chunk, and what the store has already under the same key is used again.
 *
 * <p>What a run reused and what it made is told afterwards by the rows it wrote, never by counters
 * of tasks, which count too much where tasks are tried again: see {@code StoreBefore}.
 */
package io.kohaku.latent.encode;
