package io.kohaku.caption;

import io.kohaku.post.Rating;
import io.kohaku.settings.captions.QualitySettings;
import java.util.List;
import java.util.Optional;

/**
 * The word for a post's favourite count among the posts of its rating.
 *
 * <p>Class = number of thresholds below the count; with {@code strict}, a count equal to a
 * threshold does not pass it.
 */
final class QualityWords {
  private final QualityThresholds thresholds;
  private final List<String> names;
  private final boolean strict;
  private final long idCutoff;

  QualityWords(QualityThresholds thresholds, QualitySettings settings) {
    this(
        thresholds,
        settings.names(),
        settings.strict(),
        settings.idCutoff().orElse(Long.MAX_VALUE));
  }

  QualityWords(QualityThresholds thresholds, List<String> names, boolean strict, long idCutoff) {
    this.thresholds = thresholds;
    this.names = names;
    this.strict = strict;
    this.idCutoff = idCutoff;
    thresholds.byRating().values().forEach(this::requireNames);
  }

  /** The word, unless the post is too fresh for one. */
  Optional<String> of(long id, Rating rating, int favCount) {
    if (id > idCutoff) {
      return Optional.empty();
    }
    int passed = 0;
    for (int threshold : thresholds.of(rating)) {
      if (favCount > threshold || !strict && favCount == threshold) {
        passed++;
      }
    }
    return Optional.of(names.get(passed));
  }

  private void requireNames(List<Integer> ofRating) {
    if (names.size() != ofRating.size() + 1) {
      throw new IllegalArgumentException(
          "Invalid captions.quality.names: %s (must be one more than the %s thresholds %s)"
              .formatted(names, ofRating.size(), ofRating));
    }
  }
}
