package io.kohaku.lokr.shape;

import java.util.EnumSet;
import java.util.Set;

/**
 * What one layer's LoKr is to be, before its shape is known.
 *
 * @param dim rank of the decomposed blocks; a rank of at least half the larger side means a full
 *     matrix, which is why presets write dimensions like 10^13
 * @param alpha numerator of the scale {@code alpha / dim}; 0 stands for {@code dim}; without
 *     meaning where both blocks are full
 * @param factor wanted size of the small block, or -1 for the most square one
 * @param flags the switches that are on
 * @param mode how the update meets the input
 */
public record LokrOptions(long dim, double alpha, int factor, Set<LokrFlag> flags, ApplyMode mode) {

  /** Checks the numbers. */
  public LokrOptions {
    if (dim < 1) {
      throw new IllegalArgumentException("Invalid dim: " + dim + " (at least 1)");
    }
    if (!(alpha >= 0 && alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("Invalid alpha: " + alpha + " (finite, at least 0)");
    }
    if (factor != -1 && factor < 1) {
      throw new IllegalArgumentException("Invalid factor: " + factor + " (-1 or at least 1)");
    }
    flags = Set.copyOf(flags);
  }

  /** A full matrix with this factor, by outputs should weights be decomposed. */
  public static LokrOptions fullMatrix(int factor) {
    return new LokrOptions(
        1,
        1,
        factor,
        EnumSet.of(LokrFlag.FULL_MATRIX, LokrFlag.DECOMPOSE_OVER_OUTPUTS),
        ApplyMode.AUTO);
  }

  /** Whether a switch is on. */
  public boolean has(LokrFlag flag) {
    return flags.contains(flag);
  }

  /** These options with another rank and alpha. */
  public LokrOptions withRank(long otherDim, double otherAlpha) {
    return new LokrOptions(otherDim, otherAlpha, factor, flags, mode);
  }

  /** These options with another factor. */
  public LokrOptions withFactor(int otherFactor) {
    return new LokrOptions(dim, alpha, otherFactor, flags, mode);
  }

  /** These options with another way to apply the update. */
  public LokrOptions withMode(ApplyMode otherMode) {
    return new LokrOptions(dim, alpha, factor, flags, otherMode);
  }

  /** These options with the switch on. */
  public LokrOptions with(LokrFlag flag) {
    Set<LokrFlag> changed = EnumSet.of(flag);
    changed.addAll(flags);
    return new LokrOptions(dim, alpha, factor, changed, mode);
  }

  /** These options with the switch off. */
  public LokrOptions without(LokrFlag flag) {
    Set<LokrFlag> changed = EnumSet.noneOf(LokrFlag.class);
    changed.addAll(flags);
    changed.remove(flag);
    return new LokrOptions(dim, alpha, factor, changed, mode);
  }
}
