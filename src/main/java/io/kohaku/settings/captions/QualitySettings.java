package io.kohaku.settings.captions;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.NotBlank;
import io.kohaku.settings.binding.Place;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * How a post's favourite count becomes a word.
 *
 * @param source where the thresholds come from
 * @param model the folder of a saved model, for source {@code model}
 * @param population what a fit looks at
 * @param percentiles percentiles of the thresholds of a fit, ascending
 * @param names one name more than thresholds, from the lowest class to the highest
 * @param strict a count equal to a threshold belongs to the class below it
 * @param idCutoff the highest id that gets a quality tag: later posts were too fresh to judge
 */
public record QualitySettings(
    @What QualitySource source,
    @How @Place Optional<String> model,
    @What QualityPopulation population,
    @What @Range(min = 0, max = 100) List<Double> percentiles,
    @What @NotBlank List<String> names,
    @What boolean strict,
    @What Optional<Long> idCutoff)
    implements Checked, Serializable {
  @Override
  public void check(Problems problems) {
    if (names.size() != percentiles.size() + 1) {
      problems.add(
          "names", names.size() + " names", "must be one more than percentiles: " + percentiles);
    }
    for (int i = 1; i < percentiles.size(); i++) {
      if (percentiles.get(i) <= percentiles.get(i - 1)) {
        problems.add("percentiles", percentiles, "must ascend");
      }
    }
    if (source == QualitySource.MODEL && model.isEmpty()) {
      problems.add("model", "null", "must name the saved model that source = model wants");
    }
    boolean published = source == QualitySource.DELTA || source == QualitySource.HAKUBOORU;
    if (published && names.size() != 7) {
      problems.add("names", names, "must be 7 names for a published table");
    }
  }
}
