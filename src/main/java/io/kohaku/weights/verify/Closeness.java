package io.kohaku.weights.verify;

import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;

/**
 * How far two predictions may be apart, relative to the largest number of one of them.
 *
 * <p>Rounding the blocks of an adapter moves a prediction in proportion to what the adapter does;
 * rounding the weights of a whole checkpoint moves it in proportion to the prediction itself.
 */
final class Closeness {
  /** What float32 sums in another order come to. */
  private static final double ARITHMETIC = 1e-5;

  /** Of how many roundings, each at most half a unit in the last place, errors may pile up. */
  private static final double ROUNDINGS = 16;

  private static final Map<Dtype, Double> HALF_UNITS =
      Map.of(
          Dtype.F64, 0x1p-53,
          Dtype.F32, 0x1p-24,
          Dtype.F16, 0x1p-11,
          Dtype.BF16, 0x1p-8,
          Dtype.F8_E4M3, 0x1p-4,
          Dtype.F8_E4M3FNUZ, 0x1p-4,
          Dtype.F8_E5M2, 0x1p-3,
          Dtype.F8_E5M2FNUZ, 0x1p-3);

  private Closeness() {}

  /** Of an adapter stored in {@code dtype} to the one it was, whose effect is this. */
  static double ofAdapter(Dtype dtype, double effect) {
    return ARITHMETIC + ROUNDINGS * HALF_UNITS.get(dtype) * effect;
  }

  /** Of a checkpoint stored in {@code dtype} to float32. */
  static double ofCheckpoint(Dtype dtype) {
    return ARITHMETIC + ROUNDINGS * HALF_UNITS.get(dtype);
  }

  /** The number format of a file's numbers with the fewest digits. */
  static Dtype narrowest(Path path) {
    try (SafeTensors file = SafeTensors.open(path)) {
      return file.tensors().values().stream()
          .map(TensorInfo::dtype)
          .filter(Dtype::isFloating)
          .max(Comparator.comparing(Closeness::ofCheckpoint))
          .orElse(Dtype.F32);
    }
  }
}
