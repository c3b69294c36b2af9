/**
 * From cached latents and captions to a trained adapter.
 *
 * <p>In: the prepared training table (latents with the captions of their posts), the frozen base
 * model. Out: checkpoints, logs and at the end the adapter's file. The loop knows no Spark; {@code
 * TrainStage} alone does.
 *
 * <p>Words. An update is one optimizer step over all ranks; a step is the number of an update,
 * counted over the whole run (the reference trainer's global step); a micro-batch is what one rank
 * walks forward and back at once.
 *
 * <p>Decisions. Everything random about an image comes from (seed, epoch, place in the epoch's
 * order) and never from the rank, so an update over two ranks is the update over one with twice the
 * accumulation, up to the rounding of sums. An update is a number of micro-batches over all ranks;
 * how many each rank computes follows. A checkpoint holds all that the next update depends on, so a
 * run that goes on from one ends with the same bits as one that was never disturbed.
 *
 * <p>The sum over ranks begins when the last micro-batch of an update has been walked back, unless
 * {@code train.speed.overlap-sum} lets it begin within that walk: a leaf's gradient is final once
 * its segment has been walked then, and the buffer is summed in pieces from its end on. That hides
 * at most the time of this one walk, of an update of 16 micro-batches on each rank less than a
 * sixteenth, so it pays where the network is slow or micro-batches are few. {@code bench/train.sh}
 * measures the sum's share, waiting for the slower rank included, at 3.2 % of an update of one
 * micro-batch a rank (an adapter of 120 MB over loopback, two executors with one core each), which
 * is 0.2 % of an update of sixteen.
 */
package io.kohaku.train;
