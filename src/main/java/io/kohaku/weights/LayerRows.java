package io.kohaku.weights;

import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.Network;

/**
 * Where a single-file checkpoint keeps the weight of a layer.
 *
 * @param key the tensor
 * @param first the layer's first row in it
 * @param count its rows
 */
public record LayerRows(String key, long first, long count) {
  private static final String FUSED = "attn.in_proj_weight";

  /** The rows of a layer: all of a tensor, or a third of OpenCLIP's fused query, key and value. */
  public static LayerRows of(AdaptableLayer layer) {
    long count = layer.shape().get(0);
    if (layer.network() != Network.TE2) {
      return new LayerRows(layer.network().prefix() + layer.path() + ".weight", 0, count);
    }
    String path =
        layer.path().replaceFirst("^text_model\\.encoder\\.layers\\.", "transformer.resblocks.");
    String block = path.replaceFirst("\\.(self_attn|mlp)\\.[a-z0-9_]+$", ".");
    String name =
        switch (path.substring(block.length())) {
          case "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj" -> FUSED;
          case "self_attn.out_proj" -> "attn.out_proj.weight";
          case "mlp.fc1" -> "mlp.c_fc.weight";
          case "mlp.fc2" -> "mlp.c_proj.weight";
          default ->
              throw new IllegalArgumentException("Unknown layer: " + layer.path() + " of TE2");
        };
    long third = name.equals(FUSED) ? "qkv".indexOf(path.charAt(path.length() - 6)) : 0;
    return new LayerRows(Network.TE2.prefix() + block + name, third * count, count);
  }
}
