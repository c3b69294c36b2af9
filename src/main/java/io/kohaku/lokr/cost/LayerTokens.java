package io.kohaku.lokr.cost;

import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.tokenizer.TokenRows;

/**
 * How many vectors go through a layer in one micro-batch.
 *
 * @param batch images
 * @param latentHeight height of a latent
 * @param latentWidth width of a latent
 * @param rows rows of 77 tokens for each caption
 */
public record LayerTokens(long batch, long latentHeight, long latentWidth, long rows) {

  /** Vectors that leave the layer. */
  public long of(AdaptableLayer layer) {
    if (layer.network() != Network.UNET) {
      return batch * rows * TokenRows.LENGTH;
    }
    String path = layer.path();
    if (path.contains("emb")) {
      return batch;
    }
    if (path.endsWith("attn2.to_k") || path.endsWith("attn2.to_v")) {
      return batch * (TokenRows.CONTENT * rows + 2);
    }
    long halvings = halvings(path);
    return batch * (latentHeight >> halvings) * (latentWidth >> halvings);
  }

  /** How often the output of a layer is smaller than the latent, on each side. */
  private static long halvings(String path) {
    String[] parts = path.split("\\.");
    if (parts[0].equals("middle_block")) {
      return 2;
    }
    if (parts[0].equals("input_blocks")) {
      return Integer.parseInt(parts[1]) / 3;
    }
    if (parts[0].equals("output_blocks")) {
      int upsampled = path.endsWith(".2.conv") ? 1 : 0;
      return 2 - Integer.parseInt(parts[1]) / 3 - upsampled;
    }
    return 0;
  }
}
