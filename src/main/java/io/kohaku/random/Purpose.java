package io.kohaku.random;

/**
 * What random numbers are drawn for: the first part of every key, so that no two things that are
 * drawn ever share a stream.
 *
 * <p>A number is never changed and never given to another purpose: both would change what earlier
 * runs drew. A new purpose takes the next one.
 */
public enum Purpose {
  /** The order of an epoch's micro-batches. */
  EPOCH_SLOTS(1),
  /** The order of a bucket's images in an epoch. */
  EPOCH_ROWS(2),
  /** An image's timestep. */
  TIMESTEP(3),
  /** An image's noise. */
  NOISE(4),
  /** Which draw from an image's latent distribution training takes. */
  TRAINED_POSTERIOR(5),
  /** Which draw from an image's latent distribution is stored. */
  STORED_POSTERIOR(6),
  /** The numbers of one draw from a latent distribution. */
  MOMENTS(7),
  /** What a caption drops and how it is shuffled at a step. */
  AUGMENTATION(8),
  /** Which posts are drawn without replacement. */
  SELECTION(9),
  /** What LoKr factors hold before the first step. */
  LOKR_START(10),
  /** Which rows of a delta dropout silences. */
  ROW_DROPOUT(11),
  /** Which layers dropout silences. */
  LAYER_DROPOUT(12),
  /** Which images are encoded together. */
  CHUNKS(13),
  /** The order of a bucket's latents in their table. */
  LATENT_ROWS(14),
  /** Which images are held out. */
  HELD_OUT(15),
  /** What a checkpoint is tried on. */
  FORWARD_PROBE(16),
  /** The demo's posts and their scenes. */
  DEMO_POSTS(17),
  /** What tests and benchmarks make up. */
  TRIAL(18);

  private final long number;

  Purpose(long number) {
    this.number = number;
  }

  /** The number that stands for it in keys. */
  public long number() {
    return number;
  }
}
