package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import io.kohaku.lokr.shape.ParameterSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the L2 norm of each layer's delta below a bound.
 *
 * @param greatest the bound
 */
public record MaxNorm(double greatest) {

  /** Checks the bound. */
  public MaxNorm {
    if (!(greatest > 0)) {
      throw new IllegalArgumentException("Invalid norm: " + greatest + " (above 0)");
    }
  }

  /**
   * Shrinks each layer's delta to the bound where it is longer, all its blocks alike.
   *
   * @return how many layers were longer
   */
  public int limit(LokrNetwork network) {
    int longer = 0;
    for (LokrLayer layer : network.layers()) {
      double norm = norm(network, layer);
      if (norm > greatest) {
        List<NDArray> blocks = new ArrayList<>();
        for (ParameterSpec parameter : layer.shape().parameters()) {
          if (parameter.tensor().isBlock()) {
            blocks.add(network.parameters(layer).get(parameter.suffix()));
          }
        }
        double factor = Math.pow(greatest / norm, 1.0 / blocks.size());
        ParameterKernels.shared().run("scale_all", blocks, factor);
        longer++;
      }
    }
    return longer;
  }

  /** The L2 norm of a layer's delta. */
  static double norm(LokrNetwork network, LokrLayer layer) {
    try (BoundLayer bound = BoundLayer.of(layer.shape(), network.parameters(layer))) {
      return ParameterKernels.shared()
          .number("lokr_norm", bound.tensors(), bound.numbers(), BoundLayer.NAME);
    }
  }
}
