package io.kohaku.train.data;

import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.settings.captions.AugmentationSettings;
import io.kohaku.train.plan.SampleKey;
import java.util.ArrayList;
import java.util.List;

/**
 * The text of a caption at one step: a pure function of the settings, the caption and the step.
 *
 * <p>In order: whole-caption dropout; token warm-up (the flexible part is cut to floor(step · (n −
 * minimum) / steps) + minimum words before it is shuffled); shuffle; tag dropout, one draw for each
 * flexible word in shuffled order; words joined by {@code ", "}. Fixed words stay where they are.
 */
public final class Augmentation {
  private static final String SEPARATOR = ", ";
  private static final String MARK = ", |||";

  private final AugmentationSettings settings;

  /** The augmentation that the settings describe. */
  public Augmentation(AugmentationSettings settings) {
    this.settings = settings;
  }

  /**
   * The text to train on.
   *
   * @param fixed words that open the caption
   * @param flexible words that follow
   * @param key where in the run the caption is read; without the rank, so words do not depend on it
   * @param step optimizer steps done, for the token warm-up
   */
  String text(List<String> fixed, List<String> flexible, SampleKey key, long step) {
    SeededStream stream =
        SeededStream.of(Purpose.AUGMENTATION, key.seed(), key.epoch(), key.place());
    if (dropsCaption(key.epoch(), stream)) {
      return "";
    }
    boolean idle = !settings.shuffle() && settings.tagDropout() == 0 && settings.warmupSteps() == 0;
    String words =
        idle && settings.rawWhenIdle()
            ? String.join(SEPARATOR, fixed) + MARK + String.join(SEPARATOR, flexible)
            : words(fixed, flexible, step, stream);
    return settings.prefix().map(prefix -> prefix + " ").orElse("")
        + words
        + settings.suffix().map(suffix -> " " + suffix).orElse("");
  }

  private boolean dropsCaption(int epoch, SeededStream stream) {
    int every = settings.captionDropoutEveryEpochs();
    return stream.nextDouble() < settings.captionDropout() || every > 0 && (epoch + 1) % every == 0;
  }

  private String words(List<String> fixed, List<String> flexible, long step, SeededStream stream) {
    List<String> all = new ArrayList<>(fixed);
    all.addAll(flexible);
    int kept = Math.min(settings.keepTokens().orElse(fixed.size()), all.size());
    List<String> moving = new ArrayList<>(all.subList(kept, all.size()));
    List<String> result = new ArrayList<>(all.subList(0, kept));
    moving = warmedUp(moving, step);
    if (settings.shuffle()) {
      stream.shuffle(moving);
    }
    for (String word : moving) {
      if (stream.nextDouble() >= settings.tagDropout()) {
        result.add(word);
      }
    }
    String text = String.join(SEPARATOR, result);
    return settings
        .secondarySeparator()
        .map(secondary -> text.replace(secondary, SEPARATOR))
        .orElse(text);
  }

  private List<String> warmedUp(List<String> moving, long step) {
    if (settings.warmupSteps() == 0 || step >= settings.warmupSteps()) {
      return moving;
    }
    int minimum = settings.warmupMinimum();
    double growth = (double) step * (moving.size() - minimum) / settings.warmupSteps();
    int length = (int) Math.floor(growth) + minimum;
    return moving.subList(0, Math.max(0, Math.min(length, moving.size())));
  }
}
