/**
 * What is trained and what it is trained for: the frozen networks with their adapter, the loss, and
 * its weights.
 *
 * <p>In: tensors of one micro-batch. Out: its loss, with the gradients of the adapter collected.
 */
package io.kohaku.train.model;
