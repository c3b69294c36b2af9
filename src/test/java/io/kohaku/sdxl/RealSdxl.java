package io.kohaku.sdxl;

import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.TextPlan;
import io.kohaku.sdxl.layout.TextSizes;
import io.kohaku.sdxl.layout.Timesteps;
import io.kohaku.sdxl.layout.UNetPlan;
import io.kohaku.sdxl.layout.UNetSizes;
import io.kohaku.sdxl.layout.VaePlan;
import io.kohaku.sdxl.layout.VaeSizes;
import io.kohaku.settings.ModelSettings.PooledProjection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The tensors of SDXL 1.0 at its real size. */
public final class RealSdxl {
  static final UNetSizes UNET = new UNetSizes(4, 4, 320, 2048, 2816, List.of(0, 2, 10), 64);
  static final TextSizes FIRST = new TextSizes(49408, 77, 768, 3072, 12, 64, 0);
  static final TextSizes SECOND = new TextSizes(49408, 77, 1280, 5120, 32, 64, 1280);
  static final VaeSizes VAE = new VaeSizes(List.of(128L, 256L, 512L, 512L), 2, 4);

  private RealSdxl() {}

  /** Shape of each tensor of a single-file checkpoint, those without weights included. */
  public static Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    Stream.of(
            UNetPlan.of(UNET, Timesteps.HALF_WIDTH),
            TextPlan.first(FIRST),
            TextPlan.second(SECOND, PooledProjection.STANDARD),
            VaePlan.encoder(VAE),
            VaePlan.decoder(VAE))
        .flatMap(List::stream)
        .flatMap(segment -> segment.weights().stream())
        .forEach(weight -> shapes.put(weight.key(), weight.keyShape()));
    shapes.put(Network.TE2.prefix() + "logit_scale", new long[0]);
    return shapes;
  }
}
