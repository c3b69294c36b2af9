package io.kohaku.lokr.preset;

import io.kohaku.lokr.Dropout;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.settings.LokrSettings;
import io.kohaku.settings.LokrSettings.WeightDecompose;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What holds for every layer unless the preset says otherwise.
 *
 * @param layer options of linear layers and 1x1 convolutions
 * @param convolutionDim rank of larger kernels
 * @param convolutionAlpha alpha of larger kernels
 * @param norms whether the norms that the preset reaches are trained too
 * @param dropout what is left out at random while training
 */
public record NetworkOptions(
    LokrOptions layer,
    long convolutionDim,
    double convolutionAlpha,
    boolean norms,
    Dropout dropout) {

  /** Full matrices with this factor, no norms and no dropout. */
  public static NetworkOptions fullMatrix(int factor) {
    LokrOptions layer = LokrOptions.fullMatrix(factor);
    return new NetworkOptions(layer, layer.dim(), layer.alpha(), false, Dropout.NONE);
  }

  /** These options with norms. */
  public NetworkOptions withNorms() {
    return new NetworkOptions(layer, convolutionDim, convolutionAlpha, true, dropout);
  }

  /** What the settings say. */
  public static NetworkOptions of(LokrSettings settings) {
    LokrOptions layer =
        new LokrOptions(
            settings.dim(),
            settings.alpha(),
            settings.factor(),
            flags(settings),
            ApplyMode.valueOf(settings.mode().name()));
    return new NetworkOptions(
        layer,
        settings.convDim().orElse(settings.dim()),
        settings.convAlpha().orElse(settings.alpha()),
        settings.trainNorm(),
        new Dropout(settings.rankDropout(), settings.moduleDropout()));
  }

  private static Set<LokrFlag> flags(LokrSettings settings) {
    Map<LokrFlag, Boolean> all =
        Map.of(
            LokrFlag.FULL_MATRIX, settings.fullMatrix(),
            LokrFlag.DECOMPOSE_BOTH, settings.decomposeBoth(),
            LokrFlag.TUCKER, settings.tucker(),
            LokrFlag.UNBALANCED, settings.unbalanced(),
            LokrFlag.RANK_STABILISED, settings.rankStabilised(),
            LokrFlag.SCALAR, settings.scalar(),
            LokrFlag.WEIGHT_DECOMPOSE, settings.weightDecompose() != WeightDecompose.NONE,
            LokrFlag.DECOMPOSE_OVER_OUTPUTS, settings.weightDecompose() != WeightDecompose.INPUT,
            LokrFlag.RANK_DROPOUT_SCALE, settings.rankDropoutScale());
    return all.entrySet().stream()
        .filter(Map.Entry::getValue)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** The options of a layer before any override. */
  LokrOptions of(AdaptableLayer layer) {
    return layer.isLargeKernel()
        ? this.layer.withRank(convolutionDim, convolutionAlpha)
        : this.layer;
  }
}
