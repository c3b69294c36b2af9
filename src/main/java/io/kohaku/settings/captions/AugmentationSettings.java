package io.kohaku.settings.captions;

import io.kohaku.settings.binding.Range;
import java.io.Serializable;
import java.util.Optional;

/**
 * What changes in a caption from one step to the next.
 *
 * @param shuffle put the flexible tags in another order each time
 * @param tagDropout the chance of each flexible tag to be left out
 * @param captionDropout the chance of the whole caption to be left out
 * @param captionDropoutEveryEpochs leave all captions out in each epoch whose number, counted from
 *     1, is divisible by it; 0 never
 * @param keepTokens count this many first tags as fixed instead of the caption's own fixed part
 * @param warmupSteps over how many steps the number of flexible tags grows; 0 no warm-up
 * @param warmupMinimum how many flexible tags there are at step 0 of the warm-up
 * @param prefix text before every caption
 * @param suffix text after every caption
 * @param secondarySeparator text inside a tag that becomes a separator once the order is set
 * @param rawWhenIdle if nothing is shuffled or dropped, give the one-line text with its mark
 */
public record AugmentationSettings(
    boolean shuffle,
    @Range(min = 0, max = 1) double tagDropout,
    @Range(min = 0, max = 1) double captionDropout,
    @Range(min = 0) int captionDropoutEveryEpochs,
    @Range(min = 0) Optional<Integer> keepTokens,
    @Range(min = 0) long warmupSteps,
    @Range(min = 0) int warmupMinimum,
    Optional<String> prefix,
    Optional<String> suffix,
    Optional<String> secondarySeparator,
    boolean rawWhenIdle)
    implements Serializable {}
