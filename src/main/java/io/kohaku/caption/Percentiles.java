package io.kohaku.caption;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Exact percentiles of whole numbers from how often each occurs.
 *
 * <p>The percentile p of n values is the smallest value v such that at least ⌈p · n / 100⌉ of them
 * are at most v (nearest rank; what SQL calls {@code percentile_disc}).
 */
final class Percentiles {
  private Percentiles() {}

  /**
   * The values of ascending percentiles.
   *
   * @param counts how often each value occurs, not empty
   * @param percentiles from 0 to 100
   */
  static List<Integer> of(SortedMap<Integer, Long> counts, List<Double> percentiles) {
    long total = counts.values().stream().mapToLong(Long::longValue).sum();
    List<Integer> values = new ArrayList<>();
    var entries = counts.entrySet().iterator();
    Map.Entry<Integer, Long> entry = entries.next();
    long passed = entry.getValue();
    for (double percentile : percentiles) {
      long rank = Math.max(1, (long) Math.ceil(percentile * total / 100));
      while (passed < rank) {
        entry = entries.next();
        passed += entry.getValue();
      }
      values.add(entry.getKey());
    }
    return values;
  }
}
