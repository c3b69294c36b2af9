package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.tensor.MemoryScope;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The trainable tensors of an adapter: float32, on one device, in the reference's creation order
 * (text encoders, then U-Net; within a layer the small block first).
 *
 * <p>Their values change in place; who holds one, holds it for the adapter's life.
 */
public final class LokrNetwork implements AutoCloseable {
  private final NDManager manager;
  private final List<LokrLayer> layers;
  private final Map<String, Map<String, NDArray>> byLayer = new LinkedHashMap<>();

  private LokrNetwork(NDManager manager, List<LokrLayer> layers) {
    this.manager = manager;
    this.layers = List.copyOf(layers);
  }

  /** An adapter with these values, on the device of {@code parent} and closed with it. */
  public static LokrNetwork create(
      NDManager parent, List<LokrLayer> layers, ParameterValues start) {
    LokrNetwork network = new LokrNetwork(parent.newSubManager(), layers);
    for (LokrLayer layer : layers) {
      Map<String, NDArray> own = new LinkedHashMap<>();
      for (ParameterSpec parameter : layer.shape().parameters()) {
        own.put(parameter.suffix(), network.parameter(layer, parameter, start));
      }
      network.byLayer.put(layer.name(), Collections.unmodifiableMap(own));
    }
    return network;
  }

  private NDArray parameter(LokrLayer layer, ParameterSpec parameter, ParameterValues start) {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDArray values = start.values(scope.manager(), layer, parameter).duplicate();
      values.setRequiresGradient(true);
      return scope.keep(values, manager);
    }
  }

  /** The adapted layers in creation order. */
  public List<LokrLayer> layers() {
    return layers;
  }

  /** The trainable tensors of a layer by suffix. */
  public Map<String, NDArray> parameters(LokrLayer layer) {
    Map<String, NDArray> own = byLayer.get(layer.name());
    if (own == null) {
      throw new IllegalArgumentException(
          "Unknown layer: %s (one of %s adapted layers)".formatted(layer.name(), layers.size()));
    }
    return own;
  }

  /**
   * Whether no layer is changed at all, as before the first update: a factor of each product is
   * zero throughout. Trained magnitudes change a layer even so.
   */
  public boolean changesNothing() {
    return layers.stream().map(this::parameters).allMatch(LokrNetwork::changesNothing);
  }

  private static boolean changesNothing(Map<String, NDArray> factors) {
    return !factors.containsKey(LokrTensor.DORA_SCALE.suffix())
        && factors.values().stream().anyMatch(LokrNetwork::isZero);
  }

  private static boolean isZero(NDArray values) {
    try (NDArray sizes = values.abs();
        NDArray largest = sizes.max()) {
      return largest.getFloat() == 0;
    }
  }

  /** All trainable tensors, {@code <layer>.<suffix>}, in creation order. */
  public Map<String, NDArray> parameters() {
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    for (ParameterGroup group : ParameterGroup.values()) {
      parameters.putAll(parameters(group));
    }
    return parameters;
  }

  /** The trainable tensors of one group in creation order. */
  public Map<String, NDArray> parameters(ParameterGroup group) {
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    for (LokrLayer layer : layers) {
      if (ParameterGroup.of(layer) == group) {
        for (ParameterSpec parameter : layer.shape().parameters()) {
          parameters.put(layer.tensor(parameter), parameters(layer).get(parameter.suffix()));
        }
      }
    }
    return parameters;
  }

  /**
   * Puts the adapter under the networks.
   *
   * @param modes how each layer is applied; never {@code AUTO}
   * @param masks what dropout leaves out
   */
  public void attachTo(Sdxl sdxl, ModeChoice modes, DropoutMasks masks) {
    for (LokrLayer layer : layers) {
      Map<String, NDArray> tensors = new LinkedHashMap<>(parameters(layer));
      tensors.putAll(masks.of(layer));
      attach(sdxl, layer, tensors, modes);
    }
  }

  /** Changes how each layer of an attached adapter is applied; {@code modes} never says AUTO. */
  public void reapply(Sdxl sdxl, ModeChoice modes) {
    layers.forEach(layer -> attach(sdxl, layer, Map.of(), modes));
  }

  private static void attach(
      Sdxl sdxl, LokrLayer layer, Map<String, NDArray> tensors, ModeChoice modes) {
    Map<String, Double> constants = layer.shape().constants(1, modes.of(layer));
    sdxl.attach(layer.layer().network(), layer.layer().path(), tensors, constants);
  }

  @Override
  public void close() {
    manager.close();
  }
}
