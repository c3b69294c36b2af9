package io.kohaku.lokr;

import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.layout.AdaptableLayer;
import java.util.List;

/**
 * One adapted layer.
 *
 * @param name its name in the adapter's file
 * @param layer the layer of the network
 * @param shape the blocks it gets
 * @param mode how its update meets the input
 * @param rescaleRows whether row dropout divides by the kept share
 */
public record LokrLayer(
    String name, AdaptableLayer layer, LokrShape shape, ApplyMode mode, boolean rescaleRows)
    implements AdaptedModule {

  public static LokrLayer of(AdaptableLayer layer, LokrOptions options) {
    return new LokrLayer(
        AdaptedModule.nameOf(layer),
        layer,
        LokrShape.of(weightShape(layer), options),
        options.mode(),
        options.has(LokrFlag.RANK_DROPOUT_SCALE));
  }

  @Override
  public List<ParameterSpec> parameters() {
    return shape.parameters();
  }

  /** The shape of a layer's weight. */
  public static Shape weightShape(AdaptableLayer layer) {
    return new Shape(layer.shape());
  }
}
