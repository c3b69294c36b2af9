package io.kohaku.lokr.cost;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.BoundLayer;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.ownership.Closer;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.Scalars;
import io.kohaku.tensor.script.TensorDict;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.List;

/**
 * One adapted layer with random weights and a random input, run forward and backward to see which
 * way of applying its update takes less time.
 */
public final class LayerTrial implements AutoCloseable {
  private static final double ROUND_SECONDS = 0.02;
  private static final int MOST_RUNS = 500;

  private final TorchScript kernels;
  private final NDManager manager;
  private final LokrShape shape;
  private final Closer opened;
  private final BoundLayer layer;
  private final NDArray x;
  private final NDArray gradient;

  /**
   * A layer on the device of {@code parent}.
   *
   * @param kernels compiled from {@link #kernels()}
   * @param dtype type of the frozen weight and the input
   * @param shape the blocks
   * @param input [vectors, in], or [batch, in, height, width] of a convolution
   */
  public LayerTrial(
      TorchScript kernels, NDManager parent, Dtype dtype, LokrShape shape, Shape input) {
    this.kernels = kernels;
    this.shape = shape;
    try (Closer opening = new Closer()) {
      this.manager = opening.add(parent.newSubManager());
      this.layer = opening.add(new BoundLayer(shape));
      this.x = fill(dtype, input);
      this.gradient = random(new Shape(output(input)), dtype, 1);
      this.opened = opening.release();
    }
  }

  /** Makes weights and leaves; returns the input. */
  private NDArray fill(Dtype dtype, Shape input) {
    layer.put(BoundLayer.WEIGHT, random(shape.weight(), dtype, 0.02));
    layer.put("bias", random(new Shape(shape.weight().get(0)), dtype, 0.02));
    for (ParameterSpec parameter : shape.parameters()) {
      layer.put(
          parameter.suffix(), Autograd.leaf(manager, random(parameter.shape(), Dtype.F32, 0.1)));
    }
    return Autograd.leaf(manager, random(input, dtype, 1));
  }

  private long[] output(Shape input) {
    long[] output = input.getShape().clone();
    output[isConvolution() ? 1 : output.length - 1] = shape.weight().get(0);
    return output;
  }

  /** The texts that a trial calls. */
  public static List<KernelSource> kernels() {
    List<KernelSource> texts = new ArrayList<>(LokrKernels.layers());
    texts.add(DeviceRates.kernels());
    return texts;
  }

  /**
   * The least time of either way, measured in turn, so that what else the machine does meets both
   * alike.
   */
  public ModeSeconds seconds(int rounds) {
    ApplyMode[] modes = {ApplyMode.MERGED, ApplyMode.BYPASS};
    double[] least = {Double.MAX_VALUE, Double.MAX_VALUE};
    int[] runs = {1, 1};
    for (int round = -2; round < rounds; round++) {
      for (int i = 0; i < modes.length; i++) {
        apply(modes[i]);
        double seconds = time(runs[i]);
        if (round >= 0) {
          least[i] = Math.min(least[i], seconds);
        } else { // the first run of a way pays for what is made once
          runs[i] =
              round == -2 ? 1 : (int) Math.max(1, Math.min(MOST_RUNS, ROUND_SECONDS / seconds));
        }
      }
    }
    return new ModeSeconds(least[0], least[1]);
  }

  /** Chooses the way of applying the update. */
  public void apply(ApplyMode mode) {
    layer.apply(mode);
  }

  /** One run forward and backward; the device may still be at it. */
  public void run() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDManager here = scope.manager();
      Autograd.backward(Autograd.recording(() -> output(here)), gradient);
    }
  }

  private NDArray output(NDManager scope) {
    TensorDict p = layer.tensors();
    Scalars c = layer.numbers();
    return isConvolution()
        ? kernels.tensor(scope, "conv", x, p, c, BoundLayer.NAME, 1, padding())
        : kernels.tensor(scope, "linear", x, p, c, BoundLayer.NAME);
  }

  /** Reads a number of the last result, which waits for all work before it. */
  public void await() {
    NDArray parameter = layer.tensor(shape.parameters().get(0).suffix());
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDArray sum = Autograd.gradient(scope.manager(), parameter).orElseThrow();
      kernels.tensor(scope.manager(), "first_number", sum).getFloat();
    }
  }

  private double time(int runs) {
    long start = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      run();
    }
    await();
    return (System.nanoTime() - start) / 1e9 / runs;
  }

  private long padding() {
    return shape.weight().get(2) / 2;
  }

  private boolean isConvolution() {
    return shape.weight().dimension() == 4;
  }

  private NDArray random(Shape size, Dtype dtype, double scale) {
    try (NDArray like = manager.ones(new Shape(1))) {
      return kernels.tensor(manager, "random_of", size.getShape(), dtype, scale, like);
    }
  }

  @Override
  public void close() {
    opened.close();
  }
}
