package io.kohaku.train.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.latent.LatentFormat;
import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.sdxl.SizeConditioning;
import io.kohaku.sdxl.tokenizer.TokenRows;
import io.kohaku.settings.TrainSettings;
import io.kohaku.train.model.Batch;
import io.kohaku.train.model.DiffusionObjective;
import io.kohaku.train.model.NoiseOffset;
import io.kohaku.train.plan.SampleKey;

/**
 * Makes tensors of a micro-batch: noise and timesteps from its keys, the rest as it is.
 *
 * @param objective draws the noise
 * @param offset of the noise
 * @param timesteps what is drawn from
 */
public record Collator(DiffusionObjective objective, NoiseOffset offset, Timesteps timesteps) {

  /**
   * A range of timesteps.
   *
   * @param first least
   * @param last above the greatest
   */
  public record Timesteps(int first, int last) {
    public static Timesteps of(TrainSettings.Objective settings) {
      return new Timesteps(settings.firstTimestep(), settings.lastTimestep());
    }
  }

  /** One of several equal parts of the whole schedule. */
  public Timesteps quarter(int part, int parts) {
    return new Timesteps(
        NoiseSchedule.TIMESTEPS * part / parts, NoiseSchedule.TIMESTEPS * (part + 1) / parts);
  }

  /** The tensors that training takes. */
  public Batch of(NDManager scope, MicroBatch batch) {
    return of(scope, batch, timesteps);
  }

  /** The tensors with timesteps from another range. */
  public Batch of(NDManager scope, MicroBatch batch, Timesteps range) {
    int images = batch.images();
    NDArray latents =
        scope.create(
            batch.latents(),
            new Shape(images, LatentFormat.CHANNELS, batch.height(), batch.width()));
    Shape tokens = new Shape(images, batch.tokens().rows(), TokenRows.LENGTH);
    long[] seeds = batch.keys().stream().mapToLong(SampleKey::noiseSeed).toArray();
    long[] steps =
        batch.keys().stream().mapToLong(key -> key.timestep(range.first(), range.last())).toArray();
    return new Batch(
        latents,
        objective.noise(scope, latents, seeds, offset),
        scope.create(steps),
        scope.create(batch.tokens().first(), tokens),
        scope.create(batch.tokens().second(), tokens),
        scope.create(batch.sizes(), new Shape(images, SizeConditioning.COUNT)));
  }
}
