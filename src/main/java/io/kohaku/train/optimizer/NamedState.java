package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.tensor.script.TorchScript;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** An optimizer's tensors: one of each kind for each parameter. */
final class NamedState {
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();
  private final NDManager manager;

  NamedState(NDManager manager) {
    this.manager = manager;
  }

  /** Adds a tensor of zeros. */
  void add(Parameter parameter, String kind, Shape shape, DataType type) {
    NDArray tensor = manager.zeros(shape, type);
    NDScope.unregister(tensor);
    tensors.put(name(parameter, kind), tensor);
  }

  NDArray of(Parameter parameter, String kind) {
    return tensors.get(name(parameter, kind));
  }

  Map<String, NDArray> all() {
    return Collections.unmodifiableMap(tensors);
  }

  /** Copies {@code saved} in; {@code kernels} has {@code copy(target, source)}. */
  void restore(Map<String, NDArray> saved, TorchScript kernels) {
    Set<String> different = new TreeSet<>(saved.keySet());
    different.removeAll(tensors.keySet());
    tensors.keySet().stream().filter(name -> !saved.containsKey(name)).forEach(different::add);
    if (!different.isEmpty()) {
      throw new IllegalArgumentException(
          "Invalid optimizer state: %s tensors missing or unexpected, first %s (must be saved by the same optimizer over the same parameters)"
              .formatted(different.size(), different.iterator().next()));
    }
    tensors.forEach(
        (name, tensor) -> {
          NDArray source = saved.get(name);
          if (!source.getShape().equals(tensor.getShape())
              || source.getDataType() != tensor.getDataType()) {
            throw new IllegalArgumentException(
                "Invalid optimizer state: %s is %s %s (must be %s %s)"
                    .formatted(
                        name,
                        source.getDataType(),
                        source.getShape(),
                        tensor.getDataType(),
                        tensor.getShape()));
          }
        });
    tensors.forEach((name, tensor) -> kernels.run("copy", tensor, saved.get(name)));
  }

  private static String name(Parameter parameter, String kind) {
    return parameter.name() + "." + kind;
  }
}
