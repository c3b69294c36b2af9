/**
 * From gradients to new parameters.
 *
 * <p>{@link io.kohaku.train.optimizer.Gradients} gathers what the leaves have collected into one
 * buffer, which is summed over the ranks, whole or in {@link io.kohaku.train.optimizer.Pieces},
 * unscaled and clipped; an {@link io.kohaku.train.optimizer.Optimizer} then updates the parameters
 * in place. Each optimizer works on lists of tensors, a bucket of parameters per kernel call: on a
 * GPU few large kernels, on a CPU pieces that stay in the cache.
 *
 * <p>A parameter that the loss never reaches has no gradient: it is neither decayed nor updated.
 */
package io.kohaku.train.optimizer;
