/**
 * Several Spark tasks that act as one: a barrier stage, the rank of each task, and sums over all
 * ranks.
 *
 * <p>In: a task per rank and direct buffers of float32. Out: the same buffers summed over all
 * ranks, the same bits on every rank. The package moves bytes and knows no tensors, no model and no
 * settings file, so the loop that uses it is tested with threads and the cluster can be replaced.
 *
 * <p>Decisions. Spark's barrier stage gives the two things that are hard elsewhere: all tasks start
 * together or none does, and when one is lost all are started again. Its own {@code barrier()}
 * polls about once a second, so it serves for the rendezvous alone; everything after that runs over
 * sockets of our own. The stage is followed by a shuffle, because Spark retries a barrier stage
 * that feeds a shuffle and gives up on one whose results go to the driver. Slots are counted before
 * the stage, because Spark would wait ten minutes before it said that there are too few.
 */
package io.kohaku.cluster;
