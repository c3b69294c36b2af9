/**
 * The frozen networks of SDXL: U-Net, two text encoders, autoencoder, tokenizer.
 *
 * <p>In goes a checkpoint; out come functions of tensors. A network is a list of {@link
 * io.kohaku.sdxl.tape.Segment segments}, each one kernel with its weights, run one after another on
 * a {@link io.kohaku.sdxl.tape.Tape}. The tape decides what is remembered: nothing (inference), the
 * whole graph (plain training), or only the inputs of each segment, which is computed again on the
 * way back (gradient checkpointing). So the networks are written once, whatever is done with them.
 *
 * <p>All layers that an adapter may change go through two functions of one kernel text ({@code
 * plain.torch}); another text with the same signatures puts an adapter under all of them, and this
 * package knows nothing of it.
 */
package io.kohaku.sdxl;
