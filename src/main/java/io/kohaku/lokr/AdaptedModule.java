package io.kohaku.lokr;

import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.Network;
import java.util.List;

/** A module of the networks with an adapter on it. */
public sealed interface AdaptedModule permits LokrLayer, NormLayer {
  /** Its name in the adapter's file. */
  String name();

  /** The module of the network. */
  AdaptableLayer layer();

  /** The trainable tensors in creation order. */
  List<ParameterSpec> parameters();

  /** The name of one of its tensors in files. */
  default String tensor(ParameterSpec parameter) {
    return parameter.tensor().of(name());
  }

  /** The kohya name of a module: its network's prefix and its path with underscores for dots. */
  static String nameOf(AdaptableLayer layer) {
    return prefix(layer.network()) + "_" + layer.path().replace('.', '_');
  }

  /** Those of some modules that have LoKr blocks. */
  static List<LokrLayer> layers(List<? extends AdaptedModule> modules) {
    return only(LokrLayer.class, modules);
  }

  /** Those of some modules that are norms. */
  static List<NormLayer> norms(List<? extends AdaptedModule> modules) {
    return only(NormLayer.class, modules);
  }

  private static <M> List<M> only(Class<M> kind, List<? extends AdaptedModule> modules) {
    return modules.stream().filter(kind::isInstance).map(kind::cast).toList();
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
