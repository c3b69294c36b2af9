package io.kohaku.sdxl.layout;

import java.util.List;

/**
 * A linear layer, convolution or norm that an adapter may be put on.
 *
 * @param network where it is
 * @param path its place as the reference names it: checkpoint style in the U-Net ({@code
 *     input_blocks.1.0.in_layers.2}), Hugging Face style in both text encoders ({@code
 *     text_model.encoder.layers.0.self_attn.q_proj})
 * @param enclosing the modules around it, outermost first, the whole network with an empty path
 * @param shape shape of its weight: {@code [out, in]}, of a convolution {@code [out, in, height,
 *     width]}, of a norm {@code [width]}
 */
public record AdaptableLayer(
    Network network, String path, List<Enclosing> enclosing, List<Long> shape) {

  /** The path of the pooled projection, whose weight {@code [out, in]} lies transposed. */
  public static final String PROJECTION = "text_projection";

  /** Copies the lists. */
  public AdaptableLayer {
    enclosing = List.copyOf(enclosing);
    shape = List.copyOf(shape);
  }

  /** Whether it is a convolution of more than one pixel. */
  public boolean isLargeKernel() {
    return shape.size() > 2 && shape.get(2) > 1;
  }

  /** Whether its weight lies in checkpoints and in the loaded networks as {@code [in, out]}. */
  public boolean isTransposed() {
    return path.equals(PROJECTION);
  }

  /** Whether it is a group norm or a layer norm. */
  public boolean isNorm() {
    return shape.size() == 1;
  }

  /**
   * A module around a layer.
   *
   * @param className its class in the reference trainer, for example {@code CrossAttention}
   * @param path its place in the network
   */
  public record Enclosing(String className, String path) {}
}
