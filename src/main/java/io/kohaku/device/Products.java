package io.kohaku.device;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.Precision;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * How long this machine's CPU takes for a product of two matrices, {@code [512, 512]}, in one
 * number format and in another.
 */
final class Products {
  /** Of the matrices: large enough that the product counts and not the call. */
  static final int SIDE = 512;

  private static final int ROUNDS = 3;

  /** Time for further rounds: what else runs on the machine disturbs some of them. */
  private static final long NANOS = 1_000_000_000;

  private Products() {}

  /** Seconds by format: the shortest of several rounds, in which the formats take turns. */
  static Map<Precision, Double> seconds(Set<Precision> formats) {
    Map<Precision, Double> shortest = new EnumMap<>(Precision.class);
    try (NDManager manager = Natives.manager(Device.cpu());
        TorchScript script =
            TorchScript.load(manager, KernelSource.resource(Products.class, "products.torch"))) {
      Map<Precision, NDArray> squares = new EnumMap<>(Precision.class);
      for (Precision format : formats) {
        squares.put(format, script.tensor(manager, "square", SIDE, ModelOptions.dtype(format)));
      }
      long start = System.nanoTime();
      for (int round = 0; round < ROUNDS || System.nanoTime() - start < NANOS; round++) {
        squares.forEach(
            (format, square) ->
                shortest.merge(format, seconds(manager, script, square), Math::min));
      }
    }
    return shortest;
  }

  private static double seconds(NDManager manager, TorchScript script, NDArray square) {
    long start = System.nanoTime();
    script.tensor(manager, "product", square).close();
    return (System.nanoTime() - start) / 1e9;
  }
}
