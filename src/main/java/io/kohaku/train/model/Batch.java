package io.kohaku.train.model;

import ai.djl.ndarray.NDArray;

/**
 * The tensors of one micro-batch, on the networks' device.
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
    NDArray sizes) {}
