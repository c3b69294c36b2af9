package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.List;
import java.util.Map;

/**
 * AdamW with its moments in float32 ({@code <parameter>.exp_avg}, {@code .exp_avg_sq}, {@code
 * .step}).
 */
final class AdamW implements Optimizer {
  private static final String MEAN = "exp_avg";
  private static final String SQUARE = "exp_avg_sq";
  private static final String STEP = "step";

  private final NDManager manager;
  private final TorchScript kernels;
  private final List<RateGroup> groups;
  private final OptimizerOptions options;
  private final NamedState state;

  /** An optimizer of {@code groups} on the device of {@code parent}. */
  AdamW(NDManager parent, List<RateGroup> groups, OptimizerOptions options) {
    this.manager = parent.newSubManager();
    this.kernels = TorchScript.load(manager, KernelSource.resource(AdamW.class, "adamw.torch"));
    this.groups = List.copyOf(groups);
    this.options = options;
    this.state = new NamedState(manager);
    for (RateGroup group : groups) {
      for (Parameter parameter : group.parameters()) {
        state.add(parameter, MEAN, parameter.tensor().getShape(), DataType.FLOAT32);
        state.add(parameter, SQUARE, parameter.tensor().getShape(), DataType.FLOAT32);
        state.add(parameter, STEP, new Shape(), DataType.FLOAT32);
      }
    }
  }

  @Override
  public void step(Gradients gradients, double rateFactor) {
    for (RateGroup group : groups) {
      double rate = group.learningRate() * rateFactor;
      Buckets.each(
          group.parameters(), gradients, manager.getDevice(), bucket -> step(bucket, rate));
    }
  }

  private void step(Buckets.Bucket bucket, double rate) {
    kernels.run(
        "adamw",
        bucket.tensors(),
        bucket.gradients(),
        bucket.list(parameter -> state.of(parameter, MEAN)),
        bucket.list(parameter -> state.of(parameter, SQUARE)),
        bucket.list(parameter -> state.of(parameter, STEP)),
        rate,
        options.weightDecay(),
        options.beta1(),
        options.beta2(),
        options.epsilon());
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
