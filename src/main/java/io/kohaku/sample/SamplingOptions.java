package io.kohaku.sample;

import io.kohaku.sample.prompt.ChunkJoin;
import io.kohaku.sample.prompt.Emphasis;
import java.util.Objects;

/**
 * How pictures are sampled.
 *
 * @param steps calls of the U-Net
 * @param guidance how far to go from the negative prompt's prediction past the prompt's; 1 leaves
 *     the negative prompt out
 */
public record SamplingOptions(
    Sampler sampler,
    SigmaSchedule schedule,
    int steps,
    double guidance,
    Emphasis emphasis,
    ChunkJoin join) {
  /** Checks the numbers. */
  public SamplingOptions {
    Objects.requireNonNull(sampler, "sampler");
    Objects.requireNonNull(schedule, "schedule");
    Objects.requireNonNull(emphasis, "emphasis");
    Objects.requireNonNull(join, "join");
    if (steps < 1) {
      throw new IllegalArgumentException("Invalid steps: " + steps + " (must be at least 1)");
    }
  }
}
