package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.KernelSource;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.TorchScript;

/**
 * How fast a device computes in one number format.
 *
 * @param wide floating-point operations per second of products with {@value #WIDE} columns
 * @param narrow those of products with {@value #NARROW} columns, as factors of 8 leave them
 * @param pass bytes per second, read and written, of element-wise operations
 * @param mix bytes per second, read and written, of products with a small block of 4 by 4
 */
public record DeviceRates(double wide, double narrow, double pass, double mix) {
  static final int WIDE = 1280;
  static final int NARROW = 160;
  private static final int ROWS = 2048;
  private static final double SECONDS = 0.05;

  /** Measures the device of {@code parent}, in well under ten seconds. */
  public static DeviceRates measure(NDManager parent, Dtype dtype) {
    try (MemoryScope scope = MemoryScope.open(parent);
        TorchScript kernels =
            TorchScript.load(
                scope.manager(),
                LokrKernels.delta(),
                LokrKernels.adapted(),
                KernelSource.resource(DeviceRates.class, "rates.torch"))) {
      Stopwatch watch = new Stopwatch(kernels, scope.manager(), dtype);
      int width = dtype.bits() / 8;
      NDArray x = watch.ones(ROWS, WIDE);
      NDArray matrix = watch.ones(WIDE, WIDE);
      NDArray groups = watch.ones(ROWS * WIDE / NARROW, NARROW);
      NDArray block = watch.ones(NARROW, NARROW);
      NDArray mixed = watch.ones(ROWS, 4, WIDE / 4);
      return new DeviceRates(
          2.0 * ROWS * WIDE * WIDE / watch.seconds("repeat_product", x, matrix),
          2.0 * ROWS * WIDE * NARROW / watch.seconds("repeat_product", groups, block),
          3.0 * ROWS * WIDE * width / watch.seconds("repeat_pass", x, x),
          2.0 * ROWS * WIDE * width / watch.seconds("repeat_mix", watch.ones(4, 4), mixed));
    }
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

    private double time(String kernel, NDArray a, NDArray b, int times) {
      long start = System.nanoTime();
      try (NDArray result = kernels.tensor(scope, kernel, a, b, times)) {
        result.getFloat();
      }
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
