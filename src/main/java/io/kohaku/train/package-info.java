/**
 * From cached latents and captions to a trained adapter.
 *
 * <p>In: the prepared training table (latents with the captions of their posts), the frozen base
 * model. Out: checkpoints, logs and at the end the adapter's file. The loop knows no Spark; {@code
 * TrainStage} alone does.
 *
 * <p>Decisions. Everything random about an image comes from (seed, epoch, place in the epoch's
 * order) and never from the rank, so an update over two ranks is the update over one with twice the
 * accumulation, up to the rounding of sums. An update is a number of micro-batches over all ranks;
 * how many each rank computes follows. A checkpoint holds all that the next update depends on, so a
 * run that goes on from one ends with the same bits as one that was never disturbed.
 */
package io.kohaku.train;
