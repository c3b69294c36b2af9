package io.kohaku.weights;

import io.kohaku.lokr.shape.NormTensor;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.Network;

/**
 * Where a single-file checkpoint keeps the weight or bias of a layer or norm.
 *
 * @param key the tensor
 * @param first the layer's first row in it
 * @param count its rows
 */
public record LayerRows(String key, long first, long count) {
  private static final String FUSED = "attn.in_proj_";

  /** The rows of a layer's weight or a norm's gain. */
  public static LayerRows of(AdaptableLayer layer) {
    return of(layer, NormTensor.GAIN);
  }

  /**
   * The rows of a layer or norm: all of a tensor, or a third of OpenCLIP's fused query, key and
   * value.
   *
   * @param tensor its weight, which is a norm's gain, or its bias
   */
  public static LayerRows of(AdaptableLayer layer, NormTensor tensor) {
    if (layer.isTransposed()) {
      return new LayerRows(Network.TE2.prefix() + layer.path(), 0, layer.shape().get(1));
    }
    long count = layer.shape().get(0);
    String end = tensor.frozen();
    if (layer.network() != Network.TE2) {
      return new LayerRows(layer.network().prefix() + layer.path() + "." + end, 0, count);
    }
    if (layer.path().equals("text_model.final_layer_norm")) {
      return new LayerRows(Network.TE2.prefix() + "ln_final." + end, 0, count);
    }
    String path =
        layer.path().replaceFirst("^text_model\\.encoder\\.layers\\.", "transformer.resblocks.");
    String block = path.replaceFirst("\\.((self_attn|mlp)\\.[a-z0-9_]+|layer_norm[12])$", ".");
    String name =
        switch (path.substring(block.length())) {
          case "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj" -> FUSED;
          case "self_attn.out_proj" -> "attn.out_proj.";
          case "mlp.fc1" -> "mlp.c_fc.";
          case "mlp.fc2" -> "mlp.c_proj.";
          case "layer_norm1" -> "ln_1.";
          case "layer_norm2" -> "ln_2.";
          default ->
              throw new IllegalArgumentException("Unknown layer: " + layer.path() + " of TE2");
        };
    long third = name.equals(FUSED) ? "qkv".indexOf(path.charAt(path.length() - 6)) : 0;
    return new LayerRows(Network.TE2.prefix() + block + name + end, third * count, count);
  }
}
