/**
 * The programs of {@code bench/gpu}: what they measure needs a device, DJL and the compute
 * packages, neither Spark nor Maven. Each appends its figures to a file as it gets them.
 */
package io.kohaku.gpu;
