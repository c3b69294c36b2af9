/**
 * Adapters as people's files hold them: which tensors a layer of which kind has, under which names,
 * and the same layer told in LoKr's blocks.
 *
 * <p>Names of tensors and their shapes enter; layers under kohya's names leave. A layer of any kind
 * is {@code alpha / rank · w1 ⊗ w2} for some blocks, so that one formula changes weights, whatever
 * the file: LoRA's small block is the number 1 and its large one {@code up · down}. The names of
 * layers are written out from SDXL's own plan and looked up, never taken apart, since underscores
 * in them stand for dots and for themselves.
 */
package io.kohaku.lokr.stored;
