package io.kohaku.lokr;

import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.NormTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.layout.AdaptableLayer;
import java.util.Arrays;
import java.util.List;

/**
 * A group norm or layer norm whose gain and bias are trained: {@code gain + w_norm}, {@code bias +
 * b_norm}, both changes [width] and zero at the start (LyCORIS: norm module).
 *
 * @param name its name in the adapter's file
 * @param layer the norm of the network
 */
public record NormLayer(String name, AdaptableLayer layer) implements AdaptedModule {

  /** The norm under its kohya name. */
  public static NormLayer of(AdaptableLayer layer) {
    return new NormLayer(AdaptedModule.nameOf(layer), layer);
  }

  /** Elements of its gain. */
  public long width() {
    return layer.shape().get(0);
  }

  @Override
  public List<ParameterSpec> parameters() {
    return Arrays.stream(NormTensor.values())
        .map(tensor -> new ParameterSpec(tensor, new Shape(width()), ParameterSpec.Start.ZERO))
        .toList();
  }
}
