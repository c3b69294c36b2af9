/**
 * The networks before any weight is read: their sizes, segments, layers, and the tensors that there
 * must be.
 *
 * <p>In: names and shapes of a checkpoint's tensors. Out: one plan for each segment.
 */
package io.kohaku.sdxl.layout;
