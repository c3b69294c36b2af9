package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.tensor.MemoryScope;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The trainable tensors of an adapter: float32 or float16, on one device, in the reference's
 * creation order (text encoders, then U-Net; within a layer the small block first).
 *
 * <p>Their values change in place; who holds one, holds it for the adapter's life.
 */
public final class LokrNetwork implements AutoCloseable {
  private final NDManager manager;
  private final List<AdaptedModule> modules;
  private final Map<String, Map<String, NDArray>> byModule = new LinkedHashMap<>();

  private LokrNetwork(NDManager manager, List<? extends AdaptedModule> modules) {
    this.manager = manager;
    this.modules = List.copyOf(modules);
  }

  /** An adapter with these values, on the device of {@code parent} and closed with it. */
  public static LokrNetwork create(
      NDManager parent, List<? extends AdaptedModule> modules, ParameterValues start) {
    return create(parent, modules, start, DataType.FLOAT32);
  }

  /** The same with the values rounded to {@code type}, in which they then are trained. */
  public static LokrNetwork create(
      NDManager parent,
      List<? extends AdaptedModule> modules,
      ParameterValues start,
      DataType type) {
    LokrNetwork network = new LokrNetwork(parent.newSubManager(), modules);
    for (AdaptedModule module : modules) {
      Map<String, NDArray> own = new LinkedHashMap<>();
      for (ParameterSpec parameter : module.parameters()) {
        own.put(parameter.suffix(), network.parameter(module, parameter, start, type));
      }
      network.byModule.put(module.name(), Collections.unmodifiableMap(own));
    }
    return network;
  }

  private NDArray parameter(
      AdaptedModule module, ParameterSpec parameter, ParameterValues start, DataType type) {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDArray values =
          start.values(scope.manager(), module, parameter).toType(type, false).duplicate();
      values.setRequiresGradient(true);
      return scope.keep(values, manager);
    }
  }

  /** The adapted modules in creation order. */
  public List<AdaptedModule> modules() {
    return modules;
  }

  /** Those with LoKr blocks. */
  public List<LokrLayer> layers() {
    return AdaptedModule.layers(modules);
  }

  /** The trainable tensors of a module by suffix. */
  public Map<String, NDArray> parameters(AdaptedModule module) {
    Map<String, NDArray> own = byModule.get(module.name());
    if (own == null) {
      throw new IllegalArgumentException(
          "Unknown module: %s (one of %s adapted modules)"
              .formatted(module.name(), modules.size()));
    }
    return own;
  }

  /**
   * Whether no module is changed at all, as before the first update: a factor of each product is
   * zero throughout, and so is each change of a norm. Trained magnitudes change a layer even so.
   */
  public boolean changesNothing() {
    return modules.stream().allMatch(this::changesNothing);
  }

  private boolean changesNothing(AdaptedModule module) {
    Map<String, NDArray> own = parameters(module);
    if (module instanceof NormLayer) {
      return own.values().stream().allMatch(LokrNetwork::isZero);
    }
    return !own.containsKey(LokrTensor.DORA_SCALE.suffix())
        && own.values().stream().anyMatch(LokrNetwork::isZero);
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
    for (AdaptedModule module : modules) {
      if (ParameterGroup.of(module) == group) {
        for (ParameterSpec parameter : module.parameters()) {
          parameters.put(module.tensor(parameter), parameters(module).get(parameter.suffix()));
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
    for (AdaptedModule module : modules) {
      Map<String, NDArray> tensors = new LinkedHashMap<>(parameters(module));
      tensors.putAll(masks.of(module));
      attach(sdxl, module, tensors, modes);
    }
  }

  /** Changes how each layer of an attached adapter is applied; {@code modes} never says AUTO. */
  public void reapply(Sdxl sdxl, ModeChoice modes) {
    layers().forEach(layer -> attach(sdxl, layer, Map.of(), modes));
  }

  private static void attach(
      Sdxl sdxl, AdaptedModule module, Map<String, NDArray> tensors, ModeChoice modes) {
    Map<String, Double> constants =
        module instanceof LokrLayer layer ? layer.shape().constants(modes.of(layer)) : Map.of();
    sdxl.attach(module.layer().network(), module.layer().path(), tensors, constants);
  }

  @Override
  public void close() {
    manager.close();
  }
}
