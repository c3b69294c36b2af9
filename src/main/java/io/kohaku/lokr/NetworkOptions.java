package io.kohaku.lokr;

import io.kohaku.sdxl.AdaptableLayer;

/**
 * What holds for every layer unless the preset says otherwise.
 *
 * @param layer options of linear layers and 1x1 convolutions
 * @param convolutionDim rank of larger kernels
 * @param convolutionAlpha alpha of larger kernels
 * @param dropout what is left out at random while training
 */
public record NetworkOptions(
    LokrOptions layer, long convolutionDim, double convolutionAlpha, Dropout dropout) {

  /** Full matrices with this factor and no dropout. */
  public static NetworkOptions fullMatrix(int factor) {
    LokrOptions layer = LokrOptions.fullMatrix(factor);
    return new NetworkOptions(layer, layer.dim(), layer.alpha(), Dropout.NONE);
  }

  /** The options of a layer before any override. */
  LokrOptions of(AdaptableLayer layer) {
    return isLargeKernel(layer)
        ? this.layer.withRank(convolutionDim, convolutionAlpha)
        : this.layer;
  }

  static boolean isLargeKernel(AdaptableLayer layer) {
    return layer.shape().size() > 2 && layer.shape().get(2) > 1;
  }
}
