package io.kohaku.lokr.file;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Files that are given for LoKr adapters and hold something else, known by the names of tensors.
 *
 * @param mark a name of that kind
 * @param what what it is
 */
record OtherAdapter(Pattern mark, String what) {
  private static final String ELSEWHERE = " (bake it with a program for it)";

  private static final List<OtherAdapter> KINDS =
      List.of(
          of(
              ".*\\.(?:lora_(?:up|down|mid|A|B)|lora\\.(?:up|down))\\b.*|.*_lora\\.(?:up|down)\\..*",
              "LoRA layers" + ELSEWHERE),
          of(".*\\.hada_.*", "LoHa layers" + ELSEWHERE),
          of(
              ".*\\.(?:oft_.*|a[12]\\.weight|b[12]\\.weight|on_input|diff|diff_b)",
              "layers of another kind of adapter" + ELSEWHERE),
          of(
              "clip_[lg]|emb_params|string_to_param.*",
              "a textual inversion, which changes no layer"),
          of(
              "(?:model\\.diffusion_model|first_stage_model|conditioner|cond_stage_model)\\..*",
              "a checkpoint (name it as the base)"),
          of(
              "(?:(?:en|de)coder|text_model|(?:down|up)_blocks|mid_block|(?:in|out)put_blocks|middle_block|double_blocks|model\\.layers)\\..*",
              "a network and no adapter"));

  private static OtherAdapter of(String mark, String what) {
    return new OtherAdapter(Pattern.compile(mark), what);
  }

  /** What a file with tensors of these names holds, if it is known and not LoKr alone. */
  static Optional<String> of(Collection<String> names) {
    for (OtherAdapter kind : KINDS) {
      Optional<String> found =
          names.stream().filter(name -> kind.mark.matcher(name).matches()).findFirst();
      if (found.isPresent()) {
        return Optional.of("it holds %s, first %s".formatted(kind.what, found.get()));
      }
    }
    return Optional.empty();
  }
}
