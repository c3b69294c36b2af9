/**
 * From captions and latents to the tensors of a micro-batch.
 *
 * <p>In: {@code CaptionTable} and {@code LatentTable}, which the preparation lays side by side, a
 * file of each bucket. Out: micro-batches that are read ahead, with the caption as it stands in
 * this step.
 */
package io.kohaku.train.data;
