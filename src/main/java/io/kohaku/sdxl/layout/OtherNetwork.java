package io.kohaku.sdxl.layout;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What people take for a checkpoint of SDXL and is another, told by names and shapes. */
final class OtherNetwork {
  /** Channels into the U-Net: those of a latent. */
  private static final long CHANNELS = VaeSizes.LATENT_CHANNELS;

  /**
   * What files of a kind have.
   *
   * @param mark a name that none of SDXL's tensors has
   * @param what the file is then
   */
  private record Kind(Pattern mark, String what) {
    Kind(String mark, String what) {
      this(Pattern.compile(mark), what);
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "[^.]+\\.(?:lora_(?:down|up|mid|A|B)|hada_[wt][12]|lokr_[wt][12]|oft_blocks|diff|diff_b|dora_scale)\\b.*"
                  + "|[^.]+\\.(?:hada|lokr)_w[12]_[ab]|.*(?:\\.|_)lora(?:_[AB])?\\..*",
              "an adapter and no checkpoint (name it in bake.adapters or sample.adapters)"),
          new Kind(
              ".*\\.(?:absmax|quant_map|quant_state\\..*|qweight|scale_weight|weight_scale)|(?:.*\\.)?scaled_fp8",
              "quantised, with scales beside its numbers (take the fp16 or bf16 file)"),
          new Kind(
              "(?:.*\\.)?edm_(?:vpred|mean)\\b.*",
              "a model of EDM's noise levels, which are not known here"),
          new Kind("(?:.*\\.)?(?:double_blocks|single_transformer_blocks)\\..*", "Flux"),
          new Kind("(?:.*\\.)?cap_embedder\\..*", "Lumina or Z-Image"),
          new Kind("clip_[lg]|emb_params|string_to_param.*", "a textual inversion"),
          new Kind("(?:.*\\.)?joint_blocks\\..*", "Stable Diffusion 3"),
          new Kind("(?:control_model|.*controlnet_.*)\\..*", "a ControlNet"),
          new Kind("cond_stage_model\\.transformer\\..*", "Stable Diffusion 1"),
          new Kind("cond_stage_model\\.model\\..*", "Stable Diffusion 2"),
          new Kind("conditioner\\.embedders\\.0\\.model\\..*", "the refiner of SDXL"));

  /** Parts of SDXL and files beside it, by what their tensors may begin with. */
  private static final List<Kind> ALONE =
      List.of(
          new Kind(
              "(?:first_stage_model\\.)?(?:encoder|decoder)\\..*",
              "an autoencoder alone (name it by model.vae)"),
          new Kind(
              "(?:model\\.)?(?:down_blocks|up_blocks|mid_block)\\..*",
              "a U-Net alone, with Diffusers' names (name the folder that holds unet, text_encoder and text_encoder_2)"),
          new Kind(
              "(?:input_blocks|output_blocks|middle_block)\\..*",
              "a U-Net alone (whole checkpoints are needed)"),
          new Kind(
              "(?:text_model|transformer\\.resblocks)\\..*",
              "a text encoder alone (whole checkpoints are needed)"));

  private OtherNetwork() {}

  /** What tensors of these names and shapes are, if that can be told. */
  static Optional<String> of(Map<String, long[]> shapes) {
    Optional<String> named = named(KINDS, shapes);
    if (named.isEmpty() && isWithout(Network.UNET, shapes)) {
      named = named(ALONE, shapes);
    }
    if (named.isPresent()) {
      return named;
    }
    for (Network network : List.of(Network.UNET, Network.TE1, Network.TE2)) {
      if (isWithout(network, shapes)) {
        return Optional.of(
            "it has no %s (no tensor %s*; whole checkpoints are needed)"
                .formatted(network.title(), network.prefix()));
      }
    }
    return Optional.empty();
  }

  /**
   * What these tensors are, if they are of another network for sure; a file may have a part of
   * SDXL's networks, or tensors of which nothing is known.
   */
  static Optional<String> ofPart(Map<String, long[]> shapes) {
    Optional<String> named = named(KINDS, shapes);
    if (named.isPresent()) {
      return named;
    }
    String label = Network.UNET.prefix() + "label_emb.0.0.weight";
    long[] entry = shapes.get(Network.UNET.prefix() + "input_blocks.0.0.weight");
    if (entry == null || entry.length < 2) {
      return Optional.empty();
    }
    if (entry[1] != CHANNELS) {
      return Optional.of(channels(entry[1]));
    }
    return shapes.containsKey(label)
        ? Optional.empty()
        : Optional.of("its U-Net is not SDXL's: it has no " + label);
  }

  /** Whether a tensor of this name is of one of SDXL's networks, in a checkpoint or alone. */
  static boolean isPart(String name) {
    return Stream.of(Network.values()).anyMatch(network -> name.startsWith(network.prefix()))
        || ALONE.stream().anyMatch(kind -> kind.mark().matcher(name).matches());
  }

  private static boolean isWithout(Network network, Map<String, long[]> shapes) {
    return shapes.keySet().stream().noneMatch(key -> key.startsWith(network.prefix()));
  }

  private static Optional<String> named(List<Kind> kinds, Map<String, long[]> shapes) {
    for (Kind kind : kinds) {
      Optional<String> mark =
          shapes.keySet().stream().filter(key -> kind.mark().matcher(key).matches()).findFirst();
      if (mark.isPresent()) {
        return Optional.of("it is %s: it has %s".formatted(kind.what(), mark.get()));
      }
    }
    return Optional.empty();
  }

  /** What a U-Net or autoencoder of these sizes is, if not SDXL's. */
  static Optional<String> of(UNetSizes unet, VaeSizes vae) {
    if (unet.inputChannels() != CHANNELS) {
      return Optional.of(channels(unet.inputChannels()));
    }
    if (unet.outputChannels() != CHANNELS) {
      return Optional.of(
          "its U-Net gives %s channels (SDXL's gives %s)"
              .formatted(unet.outputChannels(), CHANNELS));
    }
    if (vae.isThere() && vae.reduction() != VaeSizes.REDUCTION) {
      return Optional.of(
          "its autoencoder makes one pixel of %s along a side (SDXL's of %s)"
              .formatted(vae.reduction(), VaeSizes.REDUCTION));
    }
    return vae.isThere() && vae.latentChannels() != CHANNELS
        ? Optional.of(
            "its autoencoder has latents of %s channels (SDXL's have %s)"
                .formatted(vae.latentChannels(), CHANNELS))
        : Optional.empty();
  }

  private static String channels(long taken) {
    String what =
        taken == 2 * CHANNELS + 1
            ? "an inpainting model"
            : taken == 2 * CHANNELS ? "a model that edits pictures" : "another network";
    return "it is %s: its U-Net takes %s channels (SDXL's takes %s)"
        .formatted(what, taken, CHANNELS);
  }
}
