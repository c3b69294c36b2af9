package io.kohaku.weights;

import ai.djl.ndarray.NDArray;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.tensor.Dtype;

/** Refuses tensors with numbers that are none, or that are none in the type they are written in. */
public final class WorthlessTensor {
  private WorthlessTensor() {}

  /** Refuses numbers that do not survive being rounded to {@code output}. */
  public static void refuse(WeightKernels kernels, String name, NDArray numbers, Dtype output) {
    refuse(kernels.kernels().test("fits", numbers, output), name, output);
  }

  /** Refuses numbers that lie as bytes of {@code output}. */
  public static void refuseStored(WeightKernels kernels, String name, NDArray bytes, Dtype output) {
    refuse(kernels.kernels().test("fits_as_stored", bytes, output), name, output);
  }

  private static void refuse(boolean fits, String name, Dtype output) {
    if (!fits) {
      throw new WorthlessResultException(
          "Cannot write tensor %s: it would have numbers that are none or too large for %s (see the files that it is made of with inspect; choose a wider precision if they are finite)"
              .formatted(name, output));
    }
  }
}
