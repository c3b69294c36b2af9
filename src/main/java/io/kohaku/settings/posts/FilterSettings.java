package io.kohaku.settings.posts;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.NotBlank;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import java.io.Serializable;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * Which posts are rejected, in the order in which the reasons are tried.
 *
 * @param deleted reject deleted posts
 * @param banned reject banned and taken-down posts
 * @param goldOnly reject posts whose file is not visible to everyone
 * @param notStillImage reject files whose extension is not one of {@code stillExtensions}
 * @param stillExtensions extensions of still images
 * @param animated reject posts with one of {@code animatedTags}
 * @param animatedTags meta tags of moving images
 * @param noTags reject posts without any tag
 * @param minSide the least width and height in pixels
 * @param minPixels the least area in pixels
 * @param minAspect the least width / height
 * @param maxAspect the greatest width / height
 * @param minScore the least score
 * @param since the first day of {@code created_at} as written, {@code 2020-01-31}
 * @param before the day after the last
 * @param wantedTags tags of which a post must have all
 * @param unwantedTags tags of which a post must have none
 * @param duplicateMd5 reject posts with the file of another valid post with a lower id
 */
public record FilterSettings(
    boolean deleted,
    boolean banned,
    boolean goldOnly,
    boolean notStillImage,
    @NotBlank List<String> stillExtensions,
    boolean animated,
    @NotBlank List<String> animatedTags,
    boolean noTags,
    @Range(min = 0) int minSide,
    @Range(min = 0) long minPixels,
    Optional<Double> minAspect,
    Optional<Double> maxAspect,
    Optional<Integer> minScore,
    Optional<String> since,
    Optional<String> before,
    @NotBlank List<String> wantedTags,
    @NotBlank List<String> unwantedTags,
    boolean duplicateMd5)
    implements Checked, Serializable {
  @Override
  public void check(Problems problems) {
    since.ifPresent(day -> checkDay("since", day, problems));
    before.ifPresent(day -> checkDay("before", day, problems));
    if (minAspect.isPresent() && maxAspect.isPresent() && minAspect.get() > maxAspect.get()) {
      problems.add("max-aspect", maxAspect.get(), "must be at least min-aspect");
    }
    for (String tag : wantedTags) {
      if (unwantedTags.contains(tag)) {
        problems.add("unwanted-tags", tag, "must not be in wanted-tags too");
      }
    }
  }

  private static void checkDay(String key, String day, Problems problems) {
    try {
      LocalDate.parse(day);
    } catch (DateTimeParseException e) {
      problems.add(key, day, "must be a day such as 2020-01-31");
    }
  }
}
