package io.kohaku.lokr.stored;

import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.sdxl.layout.TextPlan;
import io.kohaku.sdxl.layout.TextSizes;
import io.kohaku.sdxl.layout.UNetPlan;
import io.kohaku.sdxl.layout.UNetSizes;
import io.kohaku.sdxl.layout.VaeSizes;
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
            new VaeSizes(List.of(), 0, 0),
            UNetPlan.of(UNET, ModelOptions.DEFAULT.timesteps()),
            TextPlan.first(FIRST),
            TextPlan.second(SECOND, ModelOptions.DEFAULT.pooledProjection()),
            List.of(),
            List.of())
        .modules()
        .changeable();
  }
}
