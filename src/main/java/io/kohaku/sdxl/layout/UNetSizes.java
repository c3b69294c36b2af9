package io.kohaku.sdxl.layout;

import java.util.Arrays;
import java.util.List;

/**
 * The sizes of a U-Net of SDXL's layout.
 *
 * @param inputChannels channels of the latents that enter
 * @param outputChannels channels of the prediction
 * @param channels channels of the first level; the next have two and four times as many
 * @param contextWidth width of the text context
 * @param vectorWidth width of the pooled text and size vector
 * @param depths transformer blocks per transformer, by level
 * @param headWidth channels of one attention head
 */
public record UNetSizes(
    long inputChannels,
    long outputChannels,
    long channels,
    long contextWidth,
    long vectorWidth,
    List<Integer> depths,
    long headWidth) {
  /** Width of the vector of the six numbers of a picture's sizes and crop, 256 for each. */
  private static final long SIZES_WIDTH = 6 * 256;

  /** Copies the list. */
  public UNetSizes {
    depths = List.copyOf(depths);
  }

  /** Width of the time and label embedding. */
  long embeddingWidth() {
    return 4 * channels;
  }

  /** The sizes of the U-Net that reads what these text encoders give. */
  static UNetSizes read(TensorShapes shapes, TextSizes first, TextSizes second) {
    String prefix = Network.UNET.prefix();
    return new UNetSizes(
        shapes.dimension(prefix + "input_blocks.0.0.weight", 1),
        shapes.dimension(prefix + "out.2.weight", 0),
        shapes.dimension(prefix + "input_blocks.0.0.weight", 0),
        first.width() + second.width(),
        second.projection() + SIZES_WIDTH,
        List.of(
            0,
            blocks(shapes, "input_blocks.4", "input_blocks.5", "output_blocks.3"),
            blocks(shapes, "middle_block", "input_blocks.7", "output_blocks.0")),
        first.headWidth());
  }

  private static int blocks(TensorShapes shapes, String... transformers) {
    return shapes.count(
        Arrays.stream(transformers)
            .map(path -> Network.UNET.prefix() + path + ".1.transformer_blocks")
            .toArray(String[]::new));
  }
}
