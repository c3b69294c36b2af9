package io.kohaku.train.plan;

import io.kohaku.random.SeededStream;

/**
 * Everything random about one image in one epoch, from (seed, epoch, place in the epoch's order).
 *
 * <p>The rank is not among the keys, so the number of ranks changes no input; and each purpose has
 * a stream of its own, so drawing more for one never shifts another.
 */
public record SampleKey(long seed, int epoch, long place) {
  private static final long TIMESTEP = 11;
  private static final long NOISE = 12;
  private static final long POSTERIOR = 13;

  /** Uniform over the timesteps from the first, inclusive, to the last, exclusive. */
  public int timestep(int first, int last) {
    return first + SeededStream.of(seed, epoch, place, TIMESTEP).nextInt(last - first);
  }

  /** Seed of the image's Gaussian noise. */
  public long noiseSeed() {
    return SeededStream.seed(seed, epoch, place, NOISE);
  }

  /** Seed of the draw from the image's latent distribution. */
  public long posteriorSeed() {
    return SeededStream.seed(seed, epoch, place, POSTERIOR);
  }
}
