package io.kohaku.lokr.cost;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.BoundLayer;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.function.Function;

/**
 * How fast a device computes in one number format.
 *
 * @param wide floating-point operations per second of products with {@value #WIDE} columns
 * @param narrow those of products with {@value #NARROW} columns, as factors of 8 leave them
 * @param pass bytes per second, read and written, of element-wise operations
 * @param mix bytes per second, read and written, of products with a small block of 4 by 4, forward
 *     and backward
 * @param build elements per second of a weight that is merged, and its gradient summed over blocks
 */
public record DeviceRates(double wide, double narrow, double pass, double mix, double build) {
  static final int WIDE = 1280;
  static final int NARROW = 160;
  private static final int ROWS = 2048;
  private static final double SECONDS = 0.05;

  /** Measures the device of {@code parent}, in well under ten seconds. */
  public static DeviceRates measure(NDManager parent, Dtype dtype) {
    try (MemoryScope scope = MemoryScope.open(parent);
        TorchScript kernels = TorchScript.load(scope.manager(), LayerTrial.kernels())) {
      Stopwatch watch = new Stopwatch(kernels, scope.manager(), dtype);
      int width = dtype.bits() / 8;
      NDArray x = watch.ones(ROWS, WIDE);
      NDArray matrix = watch.ones(WIDE, WIDE);
      NDArray groups = watch.ones(ROWS * WIDE / NARROW, NARROW);
      NDArray block = watch.ones(NARROW, NARROW);
      return new DeviceRates(
          2.0 * ROWS * WIDE * WIDE / watch.seconds("repeat_product", x, matrix),
          2.0 * ROWS * WIDE * NARROW / watch.seconds("repeat_product", groups, block),
          3.0 * ROWS * WIDE * width / watch.seconds("repeat_pass", x, x),
          3 * 2.0 * ROWS * WIDE * width / watch.mixing(),
          (double) WIDE * WIDE / watch.building());
    }
  }

  /** What a device is timed with. */
  static KernelSource kernels() {
    return KernelSource.resource(DeviceRates.class, "rates.torch");
  }

  /** Operations per second of a product whose smaller side has this many columns. */
  double product(double columns) {
    double share = Math.log(columns / NARROW) / Math.log((double) WIDE / NARROW);
    return narrow * Math.pow(wide / narrow, Math.max(0, Math.min(1, share)));
  }

  private record Stopwatch(TorchScript kernels, NDManager scope, Dtype dtype) {

    NDArray ones(long... sizes) {
      NDArray like = scope.ones(new Shape(1));
      return kernels.tensor(scope, "ones_of", sizes, dtype, like);
    }

    /** The least time of one call: first alone, then several times over for about 0.05 s. */
    double seconds(String kernel, NDArray a, NDArray b) {
      time(kernel, a, b, 1);
      double once = time(kernel, a, b, 1);
      int times = (int) Math.max(1, Math.min(200, SECONDS / once));
      double least = once;
      for (int round = 0; round < 5; round++) {
        least = Math.min(least, time(kernel, a, b, times) / times);
      }
      return least;
    }

    /** Seconds of one mixing with a small block, forward and backward. */
    double mixing() {
      NDArray small = Autograd.leaf(scope, ones(4, 4));
      NDArray x = Autograd.leaf(scope, ones(ROWS, 4, WIDE / 4));
      NDArray gradient = ones(ROWS, 4, WIDE / 4);
      return backAndForth(
          inner -> kernels.tensor(inner, "lokr_mix_vectors", small, x), gradient, small);
    }

    /** Seconds of merging a weight, forward and backward. */
    double building() {
      LokrShape shape = LokrShape.of(new Shape(WIDE, WIDE), LokrOptions.fullMatrix(4));
      try (BoundLayer layer = new BoundLayer(shape)) {
        layer.put(BoundLayer.WEIGHT, ones(WIDE, WIDE));
        for (ParameterSpec parameter : shape.parameters()) {
          layer.put(parameter.suffix(), Autograd.leaf(scope, scope.ones(parameter.shape())));
        }
        return backAndForth(
            inner ->
                kernels.tensor(
                    inner, "merged_weight", layer.tensors(), layer.numbers(), BoundLayer.NAME),
            ones(WIDE, WIDE),
            layer.tensor(LokrTensor.W1.suffix()));
      }
    }

    private double backAndForth(
        Function<NDManager, NDArray> forward, NDArray gradient, NDArray parameter) {
      double least = Double.MAX_VALUE;
      int times = 1;
      for (int round = 0; round < 7; round++) {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
          try (MemoryScope inner = MemoryScope.open(scope)) {
            NDArray y = Autograd.recording(() -> forward.apply(inner.manager()));
            Autograd.backward(y, gradient);
          }
        }
        try (MemoryScope inner = MemoryScope.open(scope)) {
          NDArray sum = Autograd.gradient(inner.manager(), parameter).orElseThrow();
          kernels.tensor(inner.manager(), "first_number", sum).getFloat();
        }
        double seconds = (System.nanoTime() - start) / 1e9 / times;
        least = round == 0 ? least : Math.min(least, seconds);
        times = (int) Math.max(1, Math.min(200, SECONDS / seconds));
      }
      return least;
    }

    private double time(String kernel, NDArray a, NDArray b, int times) {
      long start = System.nanoTime();
      try (NDArray result = kernels.tensor(scope, kernel, a, b, times)) {
        result.getFloat();
      }
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
