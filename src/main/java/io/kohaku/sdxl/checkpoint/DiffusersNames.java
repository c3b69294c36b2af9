package io.kohaku.sdxl.checkpoint;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Diffusers' names of tensors, told in the names that a single-file checkpoint uses within a
 * network. A name that is not Diffusers' comes back as it is.
 */
final class DiffusersNames {
  private static final Pattern BLOCK =
      Pattern.compile(
          "(down_blocks|mid_block|up_blocks)(?:\\.(\\d{1,3}))?"
              + "\\.(resnets|attentions|downsamplers|upsamplers)\\.(\\d{1,3})\\.(.+)");
  private static final Map<String, String> UNET_ENDS =
      Map.of(
          "time_embedding.linear_1", "time_embed.0",
          "time_embedding.linear_2", "time_embed.2",
          "add_embedding.linear_1", "label_emb.0.0",
          "add_embedding.linear_2", "label_emb.0.2",
          "conv_in", "input_blocks.0.0",
          "conv_norm_out", "out.0",
          "conv_out", "out.2");
  private static final Map<String, String> UNET_RESIDUAL =
      Map.of(
          "norm1", "in_layers.0",
          "conv1", "in_layers.2",
          "time_emb_proj", "emb_layers.1",
          "norm2", "out_layers.0",
          "conv2", "out_layers.3",
          "conv_shortcut", "skip_connection");
  private static final Map<String, String> TEXT =
      Map.of(
          "self_attn.out_proj", "attn.out_proj",
          "mlp.fc1", "mlp.c_fc",
          "mlp.fc2", "mlp.c_proj",
          "layer_norm1", "ln_1",
          "layer_norm2", "ln_2");
  private static final Map<String, String> VAE_ATTENTION =
      Map.of(
          "group_norm", "norm",
          "to_q", "q",
          "query", "q",
          "to_k", "k",
          "key", "k",
          "to_v", "v",
          "value", "v",
          "to_out.0", "proj_out",
          "proj_attn", "proj_out");

  private DiffusersNames() {}

  /** A tensor of {@code unet/}. */
  static String unet(String name) {
    Matcher block = BLOCK.matcher(name);
    if (!block.matches()) {
      return renamed(name, UNET_ENDS);
    }
    int level = block.group(2) == null ? 0 : Integer.parseInt(block.group(2));
    int index = Integer.parseInt(block.group(4));
    String rest =
        block.group(3).equals("resnets") ? renamed(block.group(5), UNET_RESIDUAL) : block.group(5);
    int part = block.group(3).equals("resnets") ? 0 : 1;
    return switch (block.group(1) + " " + block.group(3)) {
      case "down_blocks resnets", "down_blocks attentions" ->
          "input_blocks.%s.%s.%s".formatted(3 * level + index + 1, part, rest);
      case "down_blocks downsamplers" ->
          "input_blocks.%s.0.%s".formatted(3 * level + 3, rest.replaceFirst("^conv\\.", "op."));
      case "mid_block resnets" -> "middle_block.%s.%s".formatted(2 * index, rest);
      case "mid_block attentions" -> "middle_block.1.%s".formatted(rest);
      case "up_blocks resnets", "up_blocks attentions" ->
          "output_blocks.%s.%s.%s".formatted(3 * level + index, part, rest);
      case "up_blocks upsamplers" -> "output_blocks.%s.2.%s".formatted(3 * level + 2, rest);
      default -> name;
    };
  }

  /**
   * A tensor of {@code text_encoder_2/}, but for the projections of query, key and value and that
   * of the pooled vector, which are not only named otherwise.
   */
  static String second(String name) {
    String inner = name.replaceFirst("^text_model\\.", "");
    if (inner.startsWith("encoder.layers.")) {
      int dot = inner.indexOf('.', "encoder.layers.".length()) + 1;
      return "transformer.resblocks."
          + inner.substring("encoder.layers.".length(), dot)
          + renamed(inner.substring(dot), TEXT);
    }
    return switch (inner) {
      case "embeddings.token_embedding.weight" -> "token_embedding.weight";
      case "embeddings.position_embedding.weight" -> "positional_embedding";
      default -> inner.replaceFirst("^final_layer_norm\\.", "ln_final.");
    };
  }

  /** A tensor of {@code vae/} with {@code levels} levels. */
  static String vae(String name, int levels) {
    int dot = name.indexOf('.');
    String half = name.substring(0, dot + 1);
    Matcher block = BLOCK.matcher(name.substring(dot + 1));
    if (!block.matches()) {
      return half + renamed(name.substring(dot + 1), Map.of("conv_norm_out", "norm_out"));
    }
    int level = block.group(2) == null ? 0 : Integer.parseInt(block.group(2));
    int index = Integer.parseInt(block.group(4));
    String rest = block.group(5);
    String residual = renamed(rest, Map.of("conv_shortcut", "nin_shortcut"));
    return half
        + switch (block.group(1) + " " + block.group(3)) {
          case "down_blocks resnets" -> "down.%s.block.%s.%s".formatted(level, index, residual);
          case "down_blocks downsamplers" -> "down.%s.downsample.%s".formatted(level, rest);
          case "mid_block resnets" -> "mid.block_%s.%s".formatted(index + 1, residual);
          case "mid_block attentions" -> "mid.attn_1." + renamed(rest, VAE_ATTENTION);
          case "up_blocks resnets" ->
              "up.%s.block.%s.%s".formatted(levels - 1 - level, index, residual);
          case "up_blocks upsamplers" -> "up.%s.upsample.%s".formatted(levels - 1 - level, rest);
          default -> name.substring(dot + 1);
        };
  }

  /** The name with the layer, which stands before the last dot, renamed. */
  private static String renamed(String name, Map<String, String> layers) {
    int dot = name.lastIndexOf('.');
    String layer = dot < 0 ? name : name.substring(0, dot);
    return layers.getOrDefault(layer, layer) + name.substring(layer.length());
  }
}
