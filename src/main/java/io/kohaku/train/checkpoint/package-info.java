/**
 * What a run keeps so that it can go on: tensors and numbers, in folders that are whole or not
 * there.
 *
 * <p>A checkpoint holds all that the next update depends on, and the identity of the run that it
 * belongs to.
 */
package io.kohaku.train.checkpoint;
