/**
 * Segments with their weights, and the tapes that they run on.
 *
 * <p>A tape decides what is remembered for the way back, so the networks are written once.
 */
package io.kohaku.sdxl.tape;
