/**
 * Weights in, weights out: merging checkpoints, baking adapters into them, looking at what is in a
 * file.
 *
 * <p>Every job here reads files of any size a part at a time and writes one file front to back, so
 * that a checkpoint of 7 GB needs less than 2 GB of memory. Checkpoints are read, not mapped: what
 * a process holds is then what it needs, and not what the system happens to cache. Parts are small
 * enough for a core's cache, and a thread of its own writes, so that disk or memory sets the pace,
 * not arithmetic. Numbers are computed in float32 or wider and rounded once. An adapter's update is
 * {@code lokr_weight}, the very kernel that training runs.
 */
package io.kohaku.weights;
