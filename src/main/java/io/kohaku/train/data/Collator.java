package io.kohaku.train.data;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.latent.LatentFormat;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.sdxl.SizeConditioning;
import io.kohaku.sdxl.tokenizer.TokenRows;
import io.kohaku.settings.TrainSettings;
import io.kohaku.tensor.Natives;
import io.kohaku.train.model.Batch;
import io.kohaku.train.model.DiffusionObjective;
import io.kohaku.train.model.NoiseOffset;
import io.kohaku.train.plan.SampleKey;

/**
 * Makes tensors of a micro-batch: noise and timesteps from its keys, the rest as it is. All of it
 * is work of the host, which a thread can do ahead of need.
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
  public ReadyBatch ready(MicroBatch batch) {
    return ready(batch, timesteps);
  }

  /** The tensors with timesteps from another range. */
  public ReadyBatch ready(MicroBatch batch, Timesteps range) {
    try (Closer opening = new Closer()) {
      NDManager host = opening.add(Natives.manager(Device.cpu()));
      ReadyBatch ready = new ReadyBatch(batch, host, tensors(host, batch, range));
      opening.release();
      return objective.device().isGpu() ? ready.pinned() : ready;
    }
  }

  private Batch tensors(NDManager host, MicroBatch batch, Timesteps range) {
    int images = batch.images();
    NDArray latents =
        host.create(
            batch.latents(),
            new Shape(images, LatentFormat.CHANNELS, batch.height(), batch.width()));
    Shape tokens = new Shape(images, batch.tokens().rows(), TokenRows.LENGTH);
    long[] seeds = batch.keys().stream().mapToLong(SampleKey::noiseSeed).toArray();
    long[] steps =
        batch.keys().stream().mapToLong(key -> key.timestep(range.first(), range.last())).toArray();
    return new Batch(
        latents,
        objective.noise(host, latents, seeds, offset),
        host.create(steps),
        host.create(batch.tokens().first(), tokens),
        host.create(batch.tokens().second(), tokens),
        host.create(batch.sizes(), new Shape(images, SizeConditioning.COUNT)));
  }
}
