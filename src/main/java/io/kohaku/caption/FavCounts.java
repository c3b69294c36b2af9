package io.kohaku.caption;

import io.kohaku.post.Rating;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.TreeMap;

/**
 * How often each favourite count occurs; as large as there are different counts.
 *
 * @param byRating for each rating that occurs, the number of posts with each count
 */
record FavCounts(EnumMap<Rating, TreeMap<Integer, Long>> byRating) implements Serializable {

  /** Counts of no posts. */
  FavCounts() {
    this(new EnumMap<>(Rating.class));
  }

  /** Counts some posts. */
  void add(Rating rating, int favCount, long posts) {
    byRating.computeIfAbsent(rating, key -> new TreeMap<>()).merge(favCount, posts, Long::sum);
  }

  /** Adds the other counts, and returns these. */
  FavCounts addAll(FavCounts other) {
    other.byRating.forEach(
        (rating, counts) -> counts.forEach((favCount, posts) -> add(rating, favCount, posts)));
    return this;
  }
}
