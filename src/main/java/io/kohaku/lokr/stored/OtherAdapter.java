package io.kohaku.lokr.stored;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Files that are given for adapters and hold something else, or kinds of adapters that are not read
 * here, known by the names of tensors.
 *
 * @param mark a name of that kind
 * @param what what it is
 * @param adapter whether it is an adapter of another kind
 */
public record OtherAdapter(Pattern mark, String what, boolean adapter) {
  private static final String ELSEWHERE = " (bake it with a program for it)";

  private static final List<OtherAdapter> KINDS =
      List.of(
          layers(".*\\.(?:oft_.*|boft_.*|rescale)", "OFT or BOFT layers"),
          layers(".*\\.(?:on_input|ia3_l(?:\\..*)?)", "IA3 layers"),
          layers(".*\\.(?:a[12]|b[12]|bm)\\.weight", "GLoRA layers"),
          layers(".*\\.(?:lambda_layer|[qp]_layer\\.weight)", "T-LoRA layers"),
          layers("(?:.*\\.)?vera_.*", "VeRA layers"),
          layers(".*\\.lora_E(?:\\..*)?", "AdaLoRA layers"),
          layers(".*\\.lora_embedding_[AB].*", "LoRA layers of embeddings"),
          layers(".*\\.lora_B(?:\\..*)?\\.bias", "LoRA layers with biases of their own"),
          layers(".*\\.bias_(?:indices|values|size)", "LoRA layers with sparse biases"),
          layers(".*lllite_.*", "ControlNet-LLLite layers"),
          of("(?:ip_adapter|image_proj)\\..*", "an IP-Adapter, which changes no layer"),
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
    return new OtherAdapter(Pattern.compile(mark), what, false);
  }

  private static OtherAdapter layers(String mark, String what) {
    return new OtherAdapter(Pattern.compile(mark), what + ELSEWHERE, true);
  }

  /** Whether tensors of these names are of an adapter, read here or not. */
  public static boolean isAdapter(Collection<String> names) {
    return names.stream().anyMatch(OtherAdapter::isOfLayer)
        || KINDS.stream()
            .filter(OtherAdapter::adapter)
            .anyMatch(kind -> names.stream().anyMatch(kind.mark.asMatchPredicate()));
  }

  /** Alphas and scalars alone are of other networks, too. */
  private static boolean isOfLayer(String name) {
    return PartName.of(name)
        .filter(part -> part.part() != Part.ALPHA && part.part() != Part.SCALAR)
        .isPresent();
  }

  /** What a file with tensors of these names holds, if it is known and not read here. */
  public static Optional<String> of(Collection<String> names) {
    List<String> others = names.stream().filter(name -> PartName.of(name).isEmpty()).toList();
    for (OtherAdapter kind : KINDS) {
      Optional<String> found =
          others.stream().filter(name -> kind.mark.matcher(name).matches()).findFirst();
      if (found.isPresent()) {
        return Optional.of("it holds %s, first %s".formatted(kind.what, found.get()));
      }
    }
    return Optional.empty();
  }

  /** Whose adapter these are layers of, if not SDXL's and if that can be told. */
  public static Optional<String> ofModel(Collection<LayerParts> layers) {
    return OtherModel.of(layers);
  }
}
