package io.kohaku.lokr.stored;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Models other than SDXL that adapters are made for, known by names of layers with underscores for
 * dots, or by how wide a text they read.
 *
 * @param mark what a layer's name has in it
 * @param title the model
 */
record OtherModel(Pattern mark, String title) {
  private static final String START =
      "^(?:lora_(?:unet|transformer)_|lycoris_|transformer_|(?:model_)?diffusion_model_|base_model_model_)?";

  private static final List<OtherModel> ALL =
      List.of(
          of("transformer_blocks_\\d+_(?:img|txt)_(?:mlp|mod)", "Qwen-Image"),
          of("(?:double_blocks|single_blocks)_\\d+_", "Flux, HunyuanVideo or Chroma"),
          of("single_transformer_blocks_\\d+_", "Flux or HunyuanVideo"),
          of("joint_transformer_blocks_\\d|(?:double|single)_layers_\\d", "AuraFlow"),
          of("joint_blocks_\\d", "Stable Diffusion 3"),
          of(
              START + "transformer_blocks_\\d+_attn_",
              "Stable Diffusion 3, Flux, Qwen-Image or another transformer"),
          of(START + "blocks_\\d+_(?:attn[12]_to_|ffn_net_)", "Wan"),
          of("double_stream_blocks_\\d|single_stream_blocks_\\d", "HiDream"),
          of("motion_modules_\\d", "AnimateDiff"),
          of("_temporal_transformer_blocks_\\d", "Stable Video Diffusion"),
          of("^lora_te[123]_encoder_block_\\d", "a model that reads by T5"),
          of(
              "(?:noise|context)_refiner_\\d|cap_embedder|"
                  + "(?:^|_)layers_\\d+_(?:attention_|feed_forward_w|adaLN)",
              "Lumina or Z-Image"),
          of(
              START + "blocks_\\d+_(?:adaln_modulation|mlp_layer|(?:self|cross)_attn_[qkv]_proj)",
              "Cosmos or Anima"),
          of(START + "blocks_\\d+_(?:(?:self|cross)_attn_(?:[qkvo]|[kv]_img)$|ffn_)", "Wan"),
          of(
              START + "blocks_\\d+_(?:attn[12]_(?:Wqkv|q_proj|kv_proj|out_proj)|skip_linear)",
              "HunyuanDiT"),
          of(
              START
                  + "(?:blocks_\\d+_(?:attn_|cross_attn_)|transformer_blocks_\\d+_(?:attn[12]_|ff_))",
              "PixArt or another transformer"),
          of("^lora_prior_|_kv_mapper|_channelwise_", "Stable Cascade"),
          of("encoder_layers_\\d+_self_attention_", "Kolors"),
          of("^lora_te_|(?:down_blocks_0|up_blocks_3)_attentions_", "Stable Diffusion 1 or 2"),
          of("(?:^|_)model_layers_\\d+_(?:self_attn|mlp)_", "a language model"));

  /** Width of the text that cross-attention reads, where it is not SDXL's. */
  private static final Map<Long, String> WIDTHS =
      Map.of(768L, "Stable Diffusion 1", 1024L, "Stable Diffusion 2", 1280L, "SDXL's refiner");

  private static OtherModel of(String mark, String title) {
    return new OtherModel(Pattern.compile(mark), title);
  }

  /** Whose adapter these are layers of, if not SDXL's and if that can be told. */
  static Optional<String> of(Collection<LayerParts> layers) {
    Optional<String> encoder =
        layers.stream().map(LayerParts::name).filter(OtherModel::isOfAnyEncoder).findFirst();
    if (encoder.isPresent()) {
      return encoder.map(
          ("%s is a layer of a text encoder and does not say of which"
                  + " (begin the names with text_encoder. or text_encoder_2.)")
              ::formatted);
    }
    for (OtherModel model : ALL) {
      Optional<String> layer =
          layers.stream()
              .map(LayerParts::name)
              .filter(name -> LayerNames.kohya(name).isEmpty())
              .filter(name -> model.mark.matcher(name.replace('.', '_')).find())
              .findFirst();
      if (layer.isPresent()) {
        return Optional.of(told(model.title, "layer " + layer.get()));
      }
    }
    return layers.stream().flatMap(parts -> ofWidth(parts).stream()).findFirst();
  }

  private static boolean isOfAnyEncoder(String name) {
    return name.matches("(?:base_model\\.model\\.)?text_model\\.encoder\\..*");
  }

  private static Optional<String> ofWidth(LayerParts parts) {
    if (!parts.name().endsWith("attn2_to_k") || !parts.has(Part.DOWN)) {
      return Optional.empty();
    }
    long width = LokrForm.columns(parts.shape(Part.DOWN));
    return Optional.ofNullable(WIDTHS.get(width))
        .map(title -> told(title, "%s reads texts of %s numbers".formatted(parts.name(), width)));
  }

  private static String told(String title, String mark) {
    return "it seems to be an adapter of %s, not of SDXL: %s".formatted(title, mark);
  }
}
