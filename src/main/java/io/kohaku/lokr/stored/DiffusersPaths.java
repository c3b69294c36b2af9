package io.kohaku.lokr.stored;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where Diffusers has a module of the U-Net that a checkpoint has at a path. */
final class DiffusersPaths {
  /** Residual blocks of a level on the way down, and one more thing behind them. */
  private static final int STEPS = 3;

  private static final Pattern BLOCK =
      Pattern.compile("(input_blocks|output_blocks)\\.(\\d+)\\.(\\d+)\\.(.+)");

  private static final Map<String, String> ENDS =
      Map.of(
          "time_embed.0", "time_embedding.linear_1",
          "time_embed.2", "time_embedding.linear_2",
          "label_emb.0.0", "add_embedding.linear_1",
          "label_emb.0.2", "add_embedding.linear_2",
          "input_blocks.0.0", "conv_in",
          "out.0", "conv_norm_out",
          "out.2", "conv_out");

  private static final Map<String, String> RESIDUAL =
      Map.of(
          "in_layers.0", "norm1",
          "in_layers.2", "conv1",
          "emb_layers.1", "time_emb_proj",
          "out_layers.0", "norm2",
          "out_layers.3", "conv2",
          "skip_connection", "conv_shortcut");

  private DiffusersPaths() {}

  /** The path, for example {@code down_blocks.1.attentions.0.proj_in}. */
  static String of(String path) {
    String end = ENDS.get(path);
    if (end != null) {
      return end;
    }
    if (path.startsWith("middle_block.")) {
      return middle(path.substring("middle_block.".length()));
    }
    Matcher block = BLOCK.matcher(path);
    if (!block.matches()) {
      return path;
    }
    int number = Integer.parseInt(block.group(2));
    int part = Integer.parseInt(block.group(3));
    return block.group(1).equals("input_blocks")
        ? down(number - 1, part, block.group(4))
        : up(number, part, block.group(4));
  }

  private static String middle(String path) {
    int dot = path.indexOf('.');
    int number = Integer.parseInt(path.substring(0, dot));
    String rest = path.substring(dot + 1);
    return number == 1
        ? "mid_block.attentions.0." + rest
        : "mid_block.resnets.%s.%s".formatted(number / 2, residual(rest));
  }

  private static String down(int number, int part, String rest) {
    String level = "down_blocks." + number / STEPS;
    int index = number % STEPS;
    if (index == STEPS - 1) {
      return level + ".downsamplers.0.conv";
    }
    return level + inside(index, part, rest);
  }

  private static String up(int number, int part, String rest) {
    String level = "up_blocks." + number / STEPS;
    return part == 2 ? level + ".upsamplers.0." + rest : level + inside(number % STEPS, part, rest);
  }

  private static String inside(int index, int part, String rest) {
    return part == 0
        ? ".resnets.%s.%s".formatted(index, residual(rest))
        : ".attentions.%s.%s".formatted(index, rest);
  }

  private static String residual(String module) {
    return RESIDUAL.getOrDefault(module, module);
  }
}
