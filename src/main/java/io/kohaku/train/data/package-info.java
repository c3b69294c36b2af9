/**
 * From captions and latents to the tensors of a micro-batch.
 *
 * <p>In: {@code CaptionTable} and {@code LatentTable}, which the preparation lays side by side: for
 * each bucket a file of rows, each with the place of its latent and of its words, so that a rank
 * reads what it needs at random and keeps nothing of the millions of rows. Out: micro-batches that
 * are read, tokenized and given their noise ahead, with the caption as it stands in this step.
 */
package io.kohaku.train.data;
