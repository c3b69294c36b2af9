package io.kohaku.settings.captions;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.NotBlank;
import io.kohaku.settings.binding.Problems;
import java.io.Serializable;

/**
 * A word for the posts of some years.
 *
 * @param from the first year
 * @param until the last year
 * @param tag the word
 */
public record DateTagSettings(int from, int until, @NotBlank String tag)
    implements Checked, Serializable {
  @Override
  public void check(Problems problems) {
    if (until < from) {
      problems.add("until", until, "must be at least from, which is " + from);
    }
  }
}
