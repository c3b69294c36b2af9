package io.kohaku.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * The tensors of one micro-batch, all on one device.
 *
 * @param latents {@code [batch, 4, height, width]}, float32, times the model's latent scale
 * @param noise of the latents' shape
 * @param timesteps {@code [batch]}, int64
 * @param firstIds token rows of text encoder 1, {@code [batch, rows, 77]}, int64
 * @param secondIds token rows of text encoder 2
 * @param sizes {@code [batch, 6]}, float32
 */
public record Batch(
    NDArray latents,
    NDArray noise,
    NDArray timesteps,
    NDArray firstIds,
    NDArray secondIds,
    NDArray sizes) {
  /** Of these tensors in this order. */
  public static Batch of(NDList tensors) {
    return new Batch(
        tensors.get(0),
        tensors.get(1),
        tensors.get(2),
        tensors.get(3),
        tensors.get(4),
        tensors.get(5));
  }

  /** All tensors in order. */
  public NDList tensors() {
    return new NDList(latents, noise, timesteps, firstIds, secondIds, sizes);
  }
}
