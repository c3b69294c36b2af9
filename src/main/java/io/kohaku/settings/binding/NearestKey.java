package io.kohaku.settings.binding;

import java.util.Collection;
import java.util.Comparator;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The known key that a mistyped one most likely stands for. */
final class NearestKey {
  private NearestKey() {}

  /** The key with the fewest edits; of equals the first in alphabetical order. */
  static String of(String key, Collection<String> known) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return known.stream()
        .min(
            Comparator.<String>comparingInt(candidate -> distance.apply(key, candidate))
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow(() -> new IllegalStateException("Missing known keys: none to compare with"));
  }
}
