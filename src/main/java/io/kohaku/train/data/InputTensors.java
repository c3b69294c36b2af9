package io.kohaku.train.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.sdxl.tokenizer.ClipTokenizer;
import io.kohaku.sdxl.tokenizer.TokenRows;
import io.kohaku.settings.TrainSettings;
import io.kohaku.train.model.DiffusionObjective;
import io.kohaku.train.model.Inputs;
import io.kohaku.train.model.NoiseOffset;
import io.kohaku.train.plan.SampleDraw;
import java.util.List;

/**
 * Makes tensors of a micro-batch: noise and timesteps from its draws, token rows from its captions.
 *
 * @param tokenizer of both text encoders
 * @param tokens tokens of a caption that count: 75, 150 or 225
 * @param objective draws the noise
 * @param offset of the noise
 * @param timesteps what is drawn from
 */
public record InputTensors(
    ClipTokenizer tokenizer,
    int tokens,
    DiffusionObjective objective,
    NoiseOffset offset,
    Timesteps timesteps) {

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
  public Inputs of(NDManager scope, MicroBatch batch) {
    return of(scope, batch, timesteps);
  }

  /** The tensors with timesteps from another range. */
  public Inputs of(NDManager scope, MicroBatch batch, Timesteps range) {
    int images = batch.images();
    NDArray latents =
        scope.create(batch.latents(), new Shape(images, 4, batch.height(), batch.width()));
    long[] seeds = batch.draws().stream().mapToLong(SampleDraw::noiseSeed).toArray();
    long[] steps =
        batch.draws().stream()
            .mapToLong(draw -> draw.timestep(range.first(), range.last()))
            .toArray();
    return new Inputs(
        latents,
        objective.noise(scope, latents, seeds, offset),
        scope.create(steps),
        ids(scope, batch.texts(), TokenRows.PADDED_WITH_END),
        ids(scope, batch.texts(), TokenRows.PADDED_WITH_ZERO),
        scope.create(batch.sizes(), new Shape(images, 6)));
  }

  private NDArray ids(NDManager scope, List<String> texts, TokenRows rows) {
    int count = tokens / (TokenRows.LENGTH - 2);
    long[] flat = new long[texts.size() * count * TokenRows.LENGTH];
    int at = 0;
    for (String text : texts) {
      for (long[] row : rows.of(tokenizer, tokenizer.encode(text), tokens)) {
        System.arraycopy(row, 0, flat, at, row.length);
        at += row.length;
      }
    }
    return scope.create(flat, new Shape(texts.size(), count, TokenRows.LENGTH));
  }
}
