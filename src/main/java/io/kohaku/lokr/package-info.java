/**
 * LoKr: a weight's update as the Kronecker product of a small and a large block, trained in place
 * of the weight.
 *
 * <p>What enters: the adaptable layers of the networks and a preset that says which of them get
 * which blocks. What leaves: trainable tensors attached to the networks, and the adapter's file.
 *
 * <p>The formula of the update stands once, in {@code delta.torch}; the networks reach it through
 * {@code adapted.torch}, which replaces their plain linear and convolution kernels, and merging,
 * export and norms call the same function.
 */
package io.kohaku.lokr;
