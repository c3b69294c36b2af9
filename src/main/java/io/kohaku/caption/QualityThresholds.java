package io.kohaku.caption;

import io.kohaku.post.Rating;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Favourite counts that part the posts of each rating into classes of quality.
 *
 * @param byRating for each rating its thresholds, ascending
 */
public record QualityThresholds(Map<Rating, List<Integer>> byRating) implements Serializable {

  /** The table of the model card's run: percentiles 10, 25, 50, 75, 85 and 95. */
  public static final QualityThresholds DELTA =
      new QualityThresholds(
          Map.of(
              Rating.GENERAL, List.of(1, 3, 8, 16, 22, 37),
              Rating.SENSITIVE, List.of(2, 6, 15, 30, 44, 81),
              Rating.QUESTIONABLE, List.of(8, 18, 38, 75, 105, 182),
              Rating.EXPLICIT, List.of(9, 22, 52, 106, 151, 262)));

  /** HakuBooru's later scheme: percentiles 10, 30, 45, 60, 75 and 90 of the same posts. */
  public static final QualityThresholds HAKUBOORU =
      new QualityThresholds(
          Map.of(
              Rating.GENERAL, List.of(1, 4, 7, 10, 16, 27),
              Rating.SENSITIVE, List.of(2, 8, 13, 19, 30, 56),
              Rating.QUESTIONABLE, List.of(8, 21, 33, 49, 75, 132),
              Rating.EXPLICIT, List.of(9, 27, 45, 69, 106, 190)));

  public QualityThresholds {
    byRating = new TreeMap<>(byRating);
    byRating.replaceAll((rating, thresholds) -> List.copyOf(thresholds));
    byRating.forEach(QualityThresholds::requireAscending);
  }

  /**
   * The thresholds of a rating.
   *
   * @throws IllegalStateException if there were no posts of that rating to take them from
   */
  List<Integer> of(Rating rating) {
    List<Integer> thresholds = byRating.get(rating);
    if (thresholds == null) {
      throw new IllegalStateException(
          "Missing quality thresholds: rating %s (the posts they were fitted on have %s)"
              .formatted(rating.key(), byRating.keySet()));
    }
    return thresholds;
  }

  private static void requireAscending(Rating rating, List<Integer> thresholds) {
    for (int i = 1; i < thresholds.size(); i++) {
      if (thresholds.get(i) < thresholds.get(i - 1)) {
        throw new IllegalArgumentException(
            "Invalid quality thresholds: %s of rating %s (must not descend)"
                .formatted(thresholds, rating.key()));
      }
    }
  }
}
