package io.kohaku.lokr;

import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.Network;

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
    String name, AdaptableLayer layer, LokrShape shape, ApplyMode mode, boolean rescaleRows) {

  public static LokrLayer of(AdaptableLayer layer, LokrOptions options) {
    return new LokrLayer(
        nameOf(layer),
        layer,
        LokrShape.of(weightShape(layer), options),
        options.mode(),
        options.has(LokrFlag.RANK_DROPOUT_SCALE));
  }

  /** The kohya name of a layer: its network's prefix and its path with underscores for dots. */
  public static String nameOf(AdaptableLayer layer) {
    return prefix(layer.network()) + "_" + layer.path().replace('.', '_');
  }

  /** The name of one of its tensors in files. */
  public String tensor(ParameterSpec parameter) {
    return parameter.tensor().of(name);
  }

  /** The shape of a layer's weight. */
  public static Shape weightShape(AdaptableLayer layer) {
    return new Shape(layer.shape());
  }

  private static String prefix(Network network) {
    return switch (network) {
      case UNET -> "lora_unet";
      case TE1 -> "lora_te1";
      case TE2 -> "lora_te2";
      default -> throw new IllegalArgumentException("Cannot adapt " + network + ": no such prefix");
    };
  }
}
