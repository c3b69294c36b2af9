package io.kohaku.train.data;

import io.kohaku.sdxl.SizeConditioning;
import io.kohaku.sdxl.tokenizer.TokenRows;
import io.kohaku.train.plan.EpochOrder;
import io.kohaku.train.plan.SampleKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Images of one bucket with these latents and random token rows, held in memory.
 *
 * @param height of a latent
 * @param width of a latent
 * @param latents {@code [4, height, width]} of each image
 * @param rows of 77 tokens each
 * @param vocabulary how many ids there are
 */
public record MadeUpImages(int height, int width, List<float[]> latents, int rows, int vocabulary)
    implements ImageDataset {
  private static final int CHANNELS = 4;

  /** Latents of normal noise. */
  public static MadeUpImages noise(int count, int height, int width, int rows, int vocabulary) {
    Random random = new Random(1);
    List<float[]> latents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] latent = new float[CHANNELS * height * width];
      for (int at = 0; at < latent.length; at++) {
        latent[at] = (float) random.nextGaussian();
      }
      latents.add(latent);
    }
    return new MadeUpImages(height, width, latents, rows, vocabulary);
  }

  @Override
  public List<Integer> sizes() {
    return List.of(latents.size());
  }

  @Override
  public MicroBatch read(EpochOrder.Slot slot, Epoch epoch, long step) {
    int images = slot.rows().length;
    int each = CHANNELS * height * width;
    float[] values = new float[images * each];
    float[] sizes = new float[images * SizeConditioning.COUNT];
    long[] ids = new long[images];
    long[] tokens = new long[images * rows * TokenRows.LENGTH];
    List<SampleKey> keys = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      ids[i] = slot.rows()[i];
      System.arraycopy(latents.get(slot.rows()[i]), 0, values, i * each, each);
      for (int part = 0; part < SizeConditioning.COUNT; part++) {
        sizes[i * SizeConditioning.COUNT + part] =
            part / 2 == 1 ? 0 : 8 * (part % 2 == 0 ? height : width);
      }
      Random random = new Random(ids[i]);
      for (int at = 0; at < rows * TokenRows.LENGTH; at++) {
        tokens[i * rows * TokenRows.LENGTH + at] = random.nextInt(vocabulary);
      }
      keys.add(new SampleKey(epoch.seed(), epoch.epoch(), slot.place() + i));
    }
    return new MicroBatch(
        ids,
        height,
        width,
        values,
        sizes,
        Collections.nCopies(images, ""),
        new CaptionTokens.Ids(rows, tokens, tokens.clone()),
        keys);
  }

  @Override
  public void close() {
    // All of it lies in the heap.
  }
}
