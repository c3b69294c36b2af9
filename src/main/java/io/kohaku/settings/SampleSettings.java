package io.kohaku.settings;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.OneOf;
import io.kohaku.settings.binding.Place;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Pictures to draw.
 *
 * @param checkpoint what draws; the baked checkpoint if absent
 * @param adapters adapters that are added to it
 * @param prompts one text for each row of pictures
 * @param negative what all pictures keep away from
 * @param width pixels
 * @param height pixels
 * @param seed of the first picture of each prompt; the next ones count up
 * @param pictures how many of each prompt
 * @param steps calls of the U-Net for one picture
 * @param sampler its name in user interfaces
 * @param schedule how noise levels are spaced
 * @param guidance how far to go past the prompt's prediction
 * @param prediction what the U-Net was trained to predict
 * @param zeroTerminalSnr whether its noise schedule ends in noise alone
 * @param emphasis what becomes of weights in prompts
 * @param chunks how rows of 75 tokens are joined
 * @param precision of the networks; the autoencoder runs in fp32
 * @param tile side in pixels above which the autoencoder works in tiles
 * @param cell side of a picture on the contact sheet, pixels
 */
public record SampleSettings(
    @How @Place Optional<String> checkpoint,
    @What List<BakeSettings.Adapter> adapters,
    @What List<String> prompts,
    @What String negative,
    @What @Range(min = 64, max = 4096) int width,
    @What @Range(min = 64, max = 4096) int height,
    @What long seed,
    @What @Range(min = 1, max = 10_000) int pictures,
    @What @Range(min = 1, max = 1000) int steps,
    @What @OneOf({"Euler", "Euler a", "DPM++ 2M", "DPM++ 2M SDE"}) String sampler,
    @What @OneOf({"discrete", "karras"}) String schedule,
    @What @Range(min = 0, max = 100) double guidance,
    @What TrainSettings.Prediction prediction,
    @What boolean zeroTerminalSnr,
    @What @OneOf({"original", "no-norm", "ignore", "none"}) String emphasis,
    @What @OneOf({"whole", "inner"}) String chunks,
    @What Precision precision,
    @What @Range(min = 256, max = 8192) int tile,
    @What @Range(min = 32, max = 4096) int cell)
    implements Checked, Serializable {
  private static final int MULTIPLE = 32;

  @Override
  public void check(Problems problems) {
    if (width % MULTIPLE != 0) {
      problems.add("width", width, "must be a multiple of 32");
    }
    if (height % MULTIPLE != 0) {
      problems.add("height", height, "must be a multiple of 32");
    }
    if (zeroTerminalSnr && prediction == TrainSettings.Prediction.EPSILON) {
      problems.add(
          "zero-terminal-snr", true, "needs prediction = velocity: pure noise tells nothing");
    }
    if (prompts.isEmpty()) {
      problems.add("prompts", "[]", "must hold at least one prompt");
    }
  }
}
