package io.kohaku.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The exponential moving average of the adapter: a ← a + (1 − decay)·(p − a) after every update, in
 * float32.
 */
public final class ExponentialMovingAverage implements AutoCloseable {
  private final NDManager manager;
  private final TorchScript kernels;
  private final List<NDArray> parameters;
  private final Map<String, NDArray> averages = new LinkedHashMap<>();
  private final double decay;

  /** An average that begins at the parameters as they are. */
  public ExponentialMovingAverage(NDManager parent, Map<String, NDArray> parameters, double decay) {
    this.manager = parent.newSubManager();
    this.kernels = RunKernels.of(manager);
    this.parameters = new ArrayList<>(parameters.values());
    this.decay = decay;
    try (MemoryScope scope = MemoryScope.open(manager)) {
      parameters.forEach(
          (name, parameter) ->
              averages.put(
                  name, scope.keep(kernels.tensor(manager, "copy_of", parameter), manager)));
    }
  }

  /** Takes the parameters as they are now into the average. */
  public void update() {
    kernels.run("average", new ArrayList<>(averages.values()), parameters, 1 - decay);
  }

  /** The averages by parameter. */
  public Map<String, NDArray> tensors() {
    return Collections.unmodifiableMap(averages);
  }

  @Override
  public void close() {
    manager.close();
  }
}
