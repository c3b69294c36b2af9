package io.kohaku.sdxl.layout;

import io.kohaku.input.UnusableFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Compares the tensors that a checkpoint has with those that its networks need. */
final class LayoutCheck {
  private static final int NAMES_TOLD = 20;

  /**
   * Where the layers of the networks are: a tensor there that they do not need is of another
   * network. Whatever else a file has beside is nothing that a network would read.
   */
  private static final Pattern LAYERS =
      Pattern.compile(
          "model\\.diffusion_model\\.(?:time_embed|label_emb|input_blocks|middle_block|output_blocks|out)\\..*"
              + "|conditioner\\.embedders\\.0\\.transformer\\.text_model\\.(?:encoder|final_layer_norm)\\..*"
              + "|conditioner\\.embedders\\.1\\.model\\.(?:transformer|ln_final)\\..*"
              + "|first_stage_model\\.(?:encoder|decoder|quant_conv|post_quant_conv)\\..*");

  /**
   * What programs keep beside the weights and nothing reads, wherever it lies: positions counted
   * up, the scale of CLIP's loss, averages of training, schedules of noise.
   */
  private static final Pattern UNREAD =
      Pattern.compile(
          "(?:.*\\.)?(?:position_ids|logit_scale)|(?:first_stage_model\\.)?(?:model_ema|loss)\\..*"
              + "|denoiser\\.sigmas|global_step|(?:betas|logvar|(?:log_|sqrt_|posterior_).*|alphas_cumprod.*)");

  private LayoutCheck() {}

  /** Whether no network reads a tensor of this name, whatever its sizes. */
  static boolean isUnread(String name) {
    return UNREAD.matcher(name).matches();
  }

  static void require(String name, Map<String, long[]> expected, Map<String, long[]> found) {
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    expected.forEach(
        (key, shape) -> {
          long[] other = found.get(key);
          if (other == null) {
            missing.add(key);
          } else if (!Arrays.equals(shape, other)) {
            misshapen.add(
                key + " " + Arrays.toString(other) + " instead of " + Arrays.toString(shape));
          }
        });
    List<String> unexpected =
        found.keySet().stream()
            .filter(key -> !expected.containsKey(key) && !isUnread(key))
            .filter(LAYERS.asMatchPredicate())
            .toList();
    List<String> problems = new ArrayList<>();
    tell(problems, "missing", missing);
    tell(problems, "misshapen", misshapen);
    tell(problems, "unexpected", unexpected);
    if (!problems.isEmpty()) {
      throw new UnusableFileException(
          "Cannot load %s: not the tensors of SDXL: %s"
              .formatted(name, String.join("; ", problems)));
    }
  }

  static UnusableFileException sizesMissing(String name, List<String> missing) {
    List<String> problems = new ArrayList<>();
    tell(problems, "missing", missing);
    return new UnusableFileException(
        "Cannot load %s: not a checkpoint of SDXL, its sizes cannot be read: %s"
            .formatted(name, String.join("; ", problems)));
  }

  static UnusableFileException another(String name, String what) {
    return new UnusableFileException(
        "Cannot load %s: not a checkpoint of SDXL: %s".formatted(name, what));
  }

  /** Heads must divide the widths evenly, or the head width is wrong. */
  static void requireHeads(String name, SdxlLayout layout) {
    long headWidth = layout.unetSizes().headWidth();
    for (long width :
        List.of(
            2 * layout.unetSizes().channels(),
            layout.firstSizes().width(),
            layout.secondSizes().width())) {
      if (width % headWidth != 0) {
        throw new UnusableFileException(
            "Invalid head width: %s (must divide %s, a width of %s; set it to the model's own)"
                .formatted(headWidth, width, name));
      }
    }
  }

  private static void tell(List<String> problems, String kind, List<String> names) {
    if (names.isEmpty()) {
      return;
    }
    String told = String.join(", ", names.subList(0, Math.min(NAMES_TOLD, names.size())));
    String rest =
        names.size() > NAMES_TOLD ? ", and %s more".formatted(names.size() - NAMES_TOLD) : "";
    problems.add("%s %s: %s%s".formatted(names.size(), kind, told, rest));
  }
}
