package io.kohaku.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.ApplyMode;
import io.kohaku.lokr.Leaf;
import io.kohaku.lokr.LokrShape;
import io.kohaku.tensor.Autograd;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.Scalars;
import io.kohaku.tensor.TensorDict;
import io.kohaku.tensor.TorchScript;
import java.util.Optional;

/** One adapted layer with an input, run forward and backward. */
final class AdaptedLayer implements AutoCloseable {
  private final TorchScript kernels;
  private final NDManager manager;
  private final TensorDict p = new TensorDict();
  private final Scalars c = new Scalars();
  private final boolean convolution;
  private final NDArray x;
  private final NDArray gradient;

  AdaptedLayer(TorchScript kernels, NDManager parent, Dtype dtype, LokrShape shape, Shape input) {
    this.kernels = kernels;
    this.manager = parent.newSubManager();
    this.convolution = shape.weight().dimension() == 4;
    p.put("layer.weight", random(shape.weight(), dtype, 0.02));
    p.put("layer.bias", random(new Shape(shape.weight().get(0)), dtype, 0.02));
    for (Leaf leaf : shape.leaves()) {
      p.put("layer." + leaf.suffix(), Autograd.leaf(manager, random(leaf.shape(), Dtype.F32, 0.1)));
    }
    this.x = Autograd.leaf(manager, random(input, dtype, 1));
    long[] output = input.getShape();
    output[convolution ? 1 : output.length - 1] = shape.weight().get(0);
    this.gradient = random(new Shape(output), dtype, 1);
    set(shape, ApplyMode.MERGED);
  }

  /** Chooses the way of applying the update. */
  void set(LokrShape shape, ApplyMode mode) {
    shape.constants(1, mode).forEach((suffix, number) -> c.put("layer." + suffix, number));
  }

  /** Runs forward and backward this often and waits for the device. */
  double seconds(int times) {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      run();
    }
    await();
    return (System.nanoTime() - start) / 1e9 / times;
  }

  void run() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      NDManager here = scope.manager();
      NDArray y =
          Autograd.recording(
              () ->
                  convolution
                      ? kernels.tensor(here, "conv", x, p, c, "layer", 1, 1)
                      : kernels.tensor(here, "linear", x, p, c, "layer"));
      Autograd.backward(y, gradient);
    }
  }

  /** Reading a number of the last result waits for all work before it. */
  void await() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      Optional<NDArray> result = Autograd.gradient(scope.manager(), p.tensor("layer.lokr_w1"));
      kernels.tensor(scope.manager(), "first_of", result.orElseThrow()).getFloat();
    }
  }

  private NDArray random(Shape shape, Dtype dtype, double scale) {
    return kernels.tensor(
        manager, "random_of", shape.getShape(), dtype, scale, manager.ones(new Shape(1)));
  }

  @Override
  public void close() {
    p.close();
    c.close();
    manager.close();
  }
}
