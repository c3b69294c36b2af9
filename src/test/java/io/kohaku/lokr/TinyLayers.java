package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.SdxlLayout;
import java.util.List;
import java.util.Map;

/** A few layers of the tiny SDXL, one of each kind, and what tests do with them. */
public final class TinyLayers {
  /** Everything that the tiny networks offer. */
  public static final List<AdaptableLayer> ALL = all();

  /** Two factors for the large block. */
  public static final LokrOptions RANK =
      LokrOptions.fullMatrix(4).without(LokrFlag.FULL_MATRIX).withRank(2, 1);

  private static final List<String> KINDS =
      List.of(
          "text_model.encoder.layers.0.mlp.fc1",
          "input_blocks.3.0.op",
          "input_blocks.4.0.skip_connection",
          "input_blocks.4.0.in_layers.2",
          "middle_block.1.transformer_blocks.0.ff.net.0.proj",
          "middle_block.1.transformer_blocks.0.attn2.to_k");

  private TinyLayers() {}

  /** One layer of each kind with these options. */
  public static List<LokrLayer> of(LokrOptions options) {
    return ALL.stream()
        .filter(layer -> KINDS.contains(layer.path()))
        .map(layer -> LokrLayer.of(layer, options))
        .toList();
  }

  /** A network of these layers whose values follow from their names. */
  public static LokrNetwork network(NDManager manager, LokrOptions options) {
    return LokrNetwork.create(manager, of(options), TinyLayers::formula);
  }

  /** The norm before the last convolution. */
  public static AdaptableLayer norm() {
    return new AdaptableLayer(Network.UNET, "out.0", List.of(), List.of(32L));
  }

  /** Values that follow from the name, none of them zero. */
  public static NDArray formula(NDManager scope, AdaptedModule module, ParameterSpec leaf) {
    String name = module.tensor(leaf);
    return scope.create(FormulaWeights.values(name, leaf.shape().getShape()), leaf.shape());
  }

  /** A base weight that follows from the layer's path. */
  public static NDArray base(NDManager scope, AdaptableLayer layer) {
    long[] shape = layer.shape().stream().mapToLong(Long::longValue).toArray();
    return scope.create(FormulaWeights.values(layer.path(), shape), LokrLayer.weightShape(layer));
  }

  /** The delta of a layer in a network. */
  public static NDArray delta(NDManager scope, LokrNetwork network, LokrLayer layer) {
    return delta(scope, layer.shape(), network.parameters(layer));
  }

  /** The delta of these tensors. */
  public static NDArray delta(NDManager scope, LokrShape shape, Map<String, NDArray> leaves) {
    try (BoundLayer bound = BoundLayer.of(shape, leaves)) {
      return ParameterKernels.shared()
          .tensor(scope, "lokr_delta", bound.tensors(), bound.numbers(), BoundLayer.NAME);
    }
  }

  private static List<AdaptableLayer> all() {
    TinySdxl tiny = TinySdxl.load();
    return SdxlLayout.of("tiny", tiny.tensors(), ModelOptions.DEFAULT, tiny.headWidth())
        .modules()
        .layers();
  }
}
