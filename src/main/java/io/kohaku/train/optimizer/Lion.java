package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.List;
import java.util.Map;

/**
 * Lion with its momentum in float32 ({@code <parameter>.state1}).
 *
 * <p>p ← p·(1 − rate·decay); p ← p − rate·sign(β1·m + (1−β1)·g); m ← β2·m + (1−β2)·g.
 */
public final class Lion implements Optimizer {
  static final String MOMENTUM = "state1";

  private final NDManager manager;
  private final TorchScript kernels;
  private final List<RateGroup> groups;
  private final OptimizerOptions options;
  private final NamedState state;

  /** An optimizer of {@code groups} on the device of {@code parent}. */
  public Lion(NDManager parent, List<RateGroup> groups, OptimizerOptions options) {
    this.manager = parent.newSubManager();
    this.kernels = TorchScript.load(manager, KernelSource.resource(Lion.class, "lion.torch"));
    this.groups = List.copyOf(groups);
    this.options = options;
    this.state = new NamedState(manager);
    for (RateGroup group : groups) {
      for (Parameter parameter : group.parameters()) {
        state.add(parameter, MOMENTUM, parameter.tensor().getShape(), DataType.FLOAT32);
      }
    }
  }

  @Override
  public void step(Gradients gradients, double rateFactor) {
    for (RateGroup group : groups) {
      double rate = group.learningRate() * rateFactor;
      Buckets.each(
          group.parameters(),
          gradients,
          manager.getDevice(),
          bucket ->
              kernels.run(
                  "lion",
                  bucket.tensors(),
                  bucket.gradients(),
                  bucket.list(parameter -> state.of(parameter, MOMENTUM)),
                  rate,
                  options.weightDecay(),
                  options.beta1(),
                  options.beta2()));
    }
  }

  @Override
  public Map<String, NDArray> state() {
    return state.all();
  }

  @Override
  public void restore(Map<String, NDArray> saved) {
    state.restore(saved, kernels);
  }

  @Override
  public void close() {
    manager.close();
  }
}
