package io.kohaku.gpu;

import io.kohaku.lokr.cost.LayerTokens;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.sdxl.tokenizer.TokenRows;

/**
 * The floating-point operations that one picture needs, a multiplication and an addition counting
 * as two: matrix products, convolutions and attention of the U-Net and both text encoders.
 *
 * @param layout of the networks
 * @param tokens what goes through their layers for one picture
 */
record Operations(SdxlLayout layout, LayerTokens tokens) {
  /** Of a forward walk. */
  double forward() {
    return layout.modules().layers().stream().mapToDouble(this::of).sum();
  }

  /**
   * Of a forward walk and a walk back that gives the gradients of inputs and of weights, each as
   * much as the walk forward; what is computed again for want of memory does not count.
   */
  double training() {
    return 3 * forward();
  }

  private double of(AdaptableLayer layer) {
    double weights = 1;
    for (long dimension : layer.shape()) {
      weights *= dimension;
    }
    return 2 * (tokens.of(layer) * weights + attention(layer));
  }

  /** Multiplications of scores and of values, counted where queries are made. */
  private double attention(AdaptableLayer layer) {
    long width = layer.shape().get(0);
    if (layer.network() != Network.UNET) {
      boolean query = layer.path().endsWith("q_proj");
      return query ? 2.0 * tokens.of(layer) * TokenRows.LENGTH * width : 0;
    }
    if (layer.path().endsWith("attn1.to_q")) {
      return 2.0 * tokens.of(layer) * tokens.of(layer) * width;
    }
    long context = TokenRows.CONTENT * tokens.rows() + 2;
    return layer.path().endsWith("attn2.to_q") ? 2.0 * tokens.of(layer) * context * width : 0;
  }
}
