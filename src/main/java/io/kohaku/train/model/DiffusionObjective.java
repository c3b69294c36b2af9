package io.kohaku.train.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;

/**
 * What training minimises: the weighted squared error of a prediction about a noisy latent.
 *
 * <p>Latents, noise and predictions are {@code [batch, 4, height/8, width/8]}, timesteps {@code
 * [batch]} int64. Gradients flow through the prediction only.
 */
public final class DiffusionObjective implements AutoCloseable {
  private final NDManager manager;
  private final TorchScript kernels;
  private final Prediction type;
  private final NDArray alphasCumprod;
  private final NDArray weights;

  /**
   * An objective on the device of {@code parent}.
   *
   * @param weights the loss weight of every timestep, see {@link MinSnr}
   */
  public DiffusionObjective(
      NDManager parent, NoiseSchedule schedule, Prediction type, float[] weights) {
    this.manager = parent.newSubManager();
    this.kernels =
        TorchScript.load(manager, KernelSource.resource(DiffusionObjective.class, "train.torch"));
    this.type = type;
    this.alphasCumprod = manager.create(schedule.alphasCumulative()).duplicate();
    this.weights = manager.create(weights).duplicate();
  }

  /**
   * The loss of a micro-batch: its mean {@code []}, which carries the graph, and {@code [batch]}.
   */
  record Loss(NDArray mean, NDArray perSample) {}

  /** Where the networks are that it is the objective of. */
  public Device device() {
    return manager.getDevice();
  }

  /** Normal noise of the shape of {@code latents}, one seed per sample. */
  public NDArray noise(NDManager scope, NDArray latents, long[] seeds, NoiseOffset offset) {
    if (seeds.length != latents.getShape().get(0)) {
      throw new IllegalArgumentException(
          "Invalid seeds: %s (one for each of %s samples)"
              .formatted(seeds.length, latents.getShape().get(0)));
    }
    return kernels.tensor(
        scope, "sample_noise", seeds, latents, offset.offset(), offset.adaptive());
  }

  /** x_t of every sample. */
  NDArray noisy(NDManager scope, NDArray latents, NDArray noise, NDArray timesteps) {
    return kernels.tensor(scope, "noisy_latents", latents, noise, timesteps, alphasCumprod);
  }

  /** What the network should predict. */
  NDArray target(NDManager scope, NDArray latents, NDArray noise, NDArray timesteps) {
    return switch (type) {
      case EPSILON -> noise;
      case VELOCITY -> kernels.tensor(scope, "velocity", latents, noise, timesteps, alphasCumprod);
    };
  }

  /** Mean over the samples of weight · mean squared error. */
  Loss loss(NDManager scope, NDArray prediction, NDArray target, NDArray timesteps) {
    NDList both = kernels.tensors(scope, "diffusion_loss", prediction, target, timesteps, weights);
    return new Loss(both.get(0), both.get(1));
  }

  @Override
  public void close() {
    manager.close();
  }
}
