package io.kohaku.train.plan;

import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;

/**
 * Everything random about one image in one epoch, from (seed, epoch, place in the epoch's order).
 *
 * <p>The rank is not among the keys, so the number of ranks changes no input; and each purpose has
 * a stream of its own, so drawing more for one never shifts another.
 */
public record SampleKey(long seed, int epoch, long place) {
  /** Uniform over the timesteps from the first, inclusive, to the last, exclusive. */
  public int timestep(int first, int last) {
    return first + SeededStream.of(Purpose.TIMESTEP, seed, epoch, place).nextInt(last - first);
  }

  /** Seed of the image's Gaussian noise. */
  public long noiseSeed() {
    return SeededStream.seed(Purpose.NOISE, seed, epoch, place);
  }

  /** Seed of the draw from the image's latent distribution. */
  public long posteriorSeed() {
    return SeededStream.seed(Purpose.TRAINED_POSTERIOR, seed, epoch, place);
  }
}
