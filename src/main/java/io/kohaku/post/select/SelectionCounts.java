package io.kohaku.post.select;

import io.kohaku.post.Reason;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many posts went which way; {@code read = selected + rejected + notDrawn}.
 *
 * @param read posts of the source
 * @param selected posts that are kept
 * @param notDrawn posts that no band's draw took; they are not looked at further
 * @param rejected for each {@link Reason} that occurred, in kebab case, how many posts it took
 */
public record SelectionCounts(long read, long selected, long notDrawn, Map<String, Long> rejected) {

  public SelectionCounts {
    rejected = new TreeMap<>(rejected);
    long sum = selected + notDrawn + total(rejected);
    if (sum != read) {
      throw new IllegalStateException(
          "Cannot account for all posts: read %s, selected %s, not drawn %s, rejected %s"
              .formatted(read, selected, notDrawn, rejected));
    }
  }

  /** Whether posts that were read in full had to go for others. */
  public boolean hasDuplicates() {
    return rejected.containsKey(Reason.DUPLICATE_ID.key())
        || rejected.containsKey(Reason.DUPLICATE_MD5.key());
  }

  private static long total(Map<String, Long> rejected) {
    return rejected.values().stream().mapToLong(Long::longValue).sum();
  }
}
