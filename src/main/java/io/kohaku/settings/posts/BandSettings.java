package io.kohaku.settings.posts;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import java.io.Serializable;
import java.util.Optional;

/**
 * A range of post ids and how many posts to take from it.
 *
 * @param from the lowest id
 * @param until the id after the highest, or none for no end
 * @param take how many posts, or none for all
 */
public record BandSettings(
    @Range(min = 0) long from, Optional<Long> until, @Range(min = 0) Optional<Long> take)
    implements Checked, Serializable {
  @Override
  public void check(Problems problems) {
    if (until.isPresent() && until.get() <= from) {
      problems.add("until", until.get(), "must be above from, which is " + from);
    }
  }

  /** Whether the band holds this id. */
  public boolean holds(long id) {
    return id >= from && (until.isEmpty() || id < until.get());
  }

  boolean overlaps(BandSettings other) {
    return holds(other.from) || other.holds(from);
  }
}
