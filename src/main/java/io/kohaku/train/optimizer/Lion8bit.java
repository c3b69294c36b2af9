package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.List;
import java.util.Map;

/**
 * Lion with its momentum in 8 bits: {@code <parameter>.state1} one byte per element, {@code
 * .absmax1} one float32 per block of consecutive elements. Parameters under 4096 elements keep
 * float32.
 *
 * <p>A block's momentum is map[code]·absmax; see {@link DynamicMap}. Same results as bitsandbytes'
 * {@code Lion8bit}.
 */
final class Lion8bit implements Optimizer {
  private static final String SCALE = "absmax1";
  private static final int SMALLEST = 4096;

  private final NDManager manager;
  private final TorchScript kernels;
  private final List<RateGroup> groups;
  private final OptimizerOptions options;
  private final Flavor flavor;
  private final NDList tables;
  private final NamedState state;

  /** Whose {@code Lion8bit} this one follows. */
  enum Flavor {
    /** Blocks of 256, decay apart from the gradient everywhere: bitsandbytes since 0.44. */
    CURRENT(256, "lion"),
    /** Blocks of 2048; in small tensors the decay joins the gradient: bitsandbytes 0.42. */
    BNB042(2048, "lion_coupled");

    private final int block;
    private final String smallKernel;

    Flavor(int block, String smallKernel) {
      this.block = block;
      this.smallKernel = smallKernel;
    }
  }

  /** An optimizer of {@code groups} on the device of {@code parent}. */
  Lion8bit(NDManager parent, List<RateGroup> groups, OptimizerOptions options, Flavor flavor) {
    this.manager = parent.newSubManager();
    this.kernels =
        TorchScript.load(
            manager,
            KernelSource.resource(Lion8bit.class, "lion.torch"),
            KernelSource.resource(Lion8bit.class, "lion8bit.torch"));
    this.groups = List.copyOf(groups);
    this.options = options;
    this.flavor = flavor;
    this.tables =
        new NDList(
            manager.create(DynamicMap.values()),
            manager.create(DynamicMap.cells()),
            manager.create(DynamicMap.limits()));
    this.state = new NamedState(manager);
    groups.forEach(group -> group.parameters().forEach(this::addState));
  }

  private void addState(Parameter parameter) {
    Shape shape = parameter.tensor().getShape();
    if (isSmall(parameter)) {
      state.add(parameter, Lion.MOMENTUM, shape, DataType.FLOAT32);
    } else {
      long blocks = (shape.size() - 1) / flavor.block + 1;
      state.add(parameter, Lion.MOMENTUM, shape, DataType.UINT8);
      state.add(parameter, SCALE, new Shape(blocks), DataType.FLOAT32);
    }
  }

  @Override
  public void step(Gradients gradients, double rateFactor) {
    for (RateGroup group : groups) {
      double rate = group.learningRate() * rateFactor;
      List<Parameter> small = group.parameters().stream().filter(Lion8bit::isSmall).toList();
      List<Parameter> large = group.parameters().stream().filter(p -> !isSmall(p)).toList();
      Buckets.each(small, gradients, manager.getDevice(), bucket -> stepSmall(bucket, rate));
      Buckets.each(large, gradients, manager.getDevice(), bucket -> stepLarge(bucket, rate));
    }
  }

  private void stepSmall(Buckets.Bucket bucket, double rate) {
    kernels.run(
        flavor.smallKernel,
        bucket.tensors(),
        bucket.gradients(),
        bucket.list(parameter -> state.of(parameter, Lion.MOMENTUM)),
        rate,
        options.weightDecay(),
        options.beta1(),
        options.beta2());
  }

  private void stepLarge(Buckets.Bucket bucket, double rate) {
    kernels.run(
        "lion8bit",
        bucket.tensors(),
        bucket.gradients(),
        bucket.list(parameter -> state.of(parameter, Lion.MOMENTUM)),
        bucket.list(parameter -> state.of(parameter, SCALE)),
        tables,
        flavor.block,
        rate,
        options.weightDecay(),
        options.beta1(),
        options.beta2());
  }

  private static boolean isSmall(Parameter parameter) {
    return parameter.elements() < SMALLEST;
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
