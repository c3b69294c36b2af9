package io.kohaku.weights.export;

import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.file.LokrFile;
import io.kohaku.lokr.file.StoredLayer;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.stored.WidestSdxl;
import io.kohaku.sdxl.layout.AdaptableLayer;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which layers of an adapter have full matrices alone, by a switch or by their rank; nothing reads
 * the alphas of those.
 *
 * @param layers whether linear layers and kernels of one pixel have
 * @param kernels whether larger kernels have
 */
public record WholeBlocks(boolean layers, boolean kernels) {
  /** All layers. */
  static final WholeBlocks ALL = new WholeBlocks(true, true);

  /** Those of a trained adapter. */
  public static WholeBlocks of(Path trained) {
    Set<String> kernels =
        WidestSdxl.modules().stream()
            .filter(AdaptableLayer::isLargeKernel)
            .map(AdaptedModule::nameOf)
            .collect(Collectors.toSet());
    try (LokrFile file = LokrFile.open(trained)) {
      Set<Boolean> decomposed =
          file.stored().values().stream()
              .filter(layer -> !isWhole(layer))
              .map(layer -> kernels.contains(layer.name()))
              .collect(Collectors.toSet());
      return new WholeBlocks(!decomposed.contains(false), !decomposed.contains(true));
    }
  }

  private static boolean isWhole(StoredLayer layer) {
    return layer.has(LokrTensor.W1) && layer.has(LokrTensor.W2);
  }
}
