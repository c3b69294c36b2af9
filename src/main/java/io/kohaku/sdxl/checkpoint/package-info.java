/**
 * Checkpoints in either layout, a single file or a folder of Diffusers', seen as one set of
 * tensors.
 */
package io.kohaku.sdxl.checkpoint;
