package io.kohaku.latent.encode;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the latents of a run come from.
 *
 * @param reused latents that the store held before the run, whichever way they came into it
 * @param imported latents that the run took from files of other programs
 * @param encoded latents that the run's VAE computed
 */
public record LatentCounts(long reused, long imported, long encoded) {
  private static final String REUSED = "reused";
  private static final String IMPORTED = "imported";
  private static final String ENCODED = "encoded";

  /** What a manifest says, unless it was written before these were counted. */
  public static Optional<LatentCounts> of(Map<String, Long> counts) {
    Long reused = counts.get(REUSED);
    Long imported = counts.get(IMPORTED);
    Long encoded = counts.get(ENCODED);
    return reused == null || imported == null || encoded == null
        ? Optional.empty()
        : Optional.of(new LatentCounts(reused, imported, encoded));
  }

  /** All three by their names in manifests. */
  public SortedMap<String, Long> byName() {
    return new TreeMap<>(Map.of(REUSED, reused, IMPORTED, imported, ENCODED, encoded));
  }

  /** All latents of the run. */
  public long total() {
    return reused + imported + encoded;
  }
}
