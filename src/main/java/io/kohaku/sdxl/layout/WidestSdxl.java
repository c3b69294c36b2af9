package io.kohaku.sdxl.layout;

import io.kohaku.settings.ModelSettings.PooledProjection;
import java.util.List;

/**
 * The modules of a network of SDXL's layout that is as deep everywhere as SDXL is anywhere, so that
 * each of its like has no others.
 */
public final class WidestSdxl {
  private static final int TRANSFORMER_BLOCKS = 12;
  private static final int TEXT_LAYERS = 32;
  private static final UNetSizes UNET =
      new UNetSizes(
          VaeSizes.LATENT_CHANNELS,
          VaeSizes.LATENT_CHANNELS,
          320,
          2048,
          2816,
          List.of(0, TRANSFORMER_BLOCKS, TRANSFORMER_BLOCKS),
          64);
  private static final TextSizes FIRST = new TextSizes(49_408, 77, 768, 3072, TEXT_LAYERS, 64, 0);
  private static final TextSizes SECOND =
      new TextSizes(49_408, 77, 1280, 5120, TEXT_LAYERS, 64, 1280);

  private WidestSdxl() {}

  /** Linear layers, convolutions and norms in walking order. */
  public static List<AdaptableLayer> modules() {
    return new SdxlLayout(
            UNET,
            FIRST,
            SECOND,
            VaeSizes.NONE,
            UNetPlan.of(UNET, Timesteps.HALF_WIDTH),
            TextPlan.first(FIRST),
            TextPlan.second(SECOND, PooledProjection.STANDARD),
            List.of(),
            List.of())
        .modules()
        .modules();
  }
}
