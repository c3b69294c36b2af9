/**
 * What a run keeps so that it can go on: tensors and numbers, in folders that are whole or not
 * there.
 *
 * <p>A checkpoint holds all that the next update depends on, and the identity of the run that it
 * belongs to. Another run may begin from it: what a checkpoint must have in common with a run that
 * goes on, a branch may have otherwise, and takes over what fits. It works on a copy, which its
 * folder keeps as {@code origin}, so that pruning or removing the other run takes nothing from it.
 */
package io.kohaku.train.checkpoint;
