package io.kohaku.settings.captions;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.NotBlank;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * Which words describe a post.
 *
 * @param specialTags general tags that open the caption, in the fixed part
 * @param shortName names of at most this many characters keep their underscores
 * @param metaBlacklist meta tags that contain one of these are left out
 * @param artistBlacklist artist tags that contain one of these are left out
 * @param ratingTags words of each rating
 * @param dateTags words of years; the first that fits counts
 * @param dateZone in which time zone a year is read
 * @param undatedYear the year of a post whose date cannot be read
 * @param quality how the favourite count becomes a word
 * @param augmentation what changes from step to step
 * @param tagGates counts of posts that set a tag apart in the tag table, descending
 */
public record CaptionSettings(
    @What @NotBlank List<String> specialTags,
    @What @Range(min = 0) int shortName,
    @What @NotBlank List<String> metaBlacklist,
    @What @NotBlank List<String> artistBlacklist,
    @What Map<String, List<String>> ratingTags,
    @What List<DateTagSettings> dateTags,
    @What DateZone dateZone,
    @What int undatedYear,
    QualitySettings quality,
    @What AugmentationSettings augmentation,
    @What @Range(min = 1) List<Long> tagGates)
    implements Checked, Serializable {
  private static final List<String> RATINGS =
      List.of("general", "sensitive", "questionable", "explicit");

  @Override
  public void check(Problems problems) {
    for (String rating : RATINGS) {
      if (!ratingTags.containsKey(rating)) {
        problems.add("rating-tags", ratingTags.keySet(), "must hold " + rating);
      }
    }
    for (int i = 1; i < tagGates.size(); i++) {
      if (tagGates.get(i) >= tagGates.get(i - 1)) {
        problems.add("tag-gates", tagGates, "must descend");
      }
    }
    for (String rating : ratingTags.keySet()) {
      if (!RATINGS.contains(rating)) {
        problems.add("rating-tags." + rating, ratingTags.get(rating), "one of " + RATINGS);
      }
    }
  }
}
