package io.kohaku.weights;

import ai.djl.ndarray.NDArray;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.file.TensorStore;
import java.io.IOException;
import java.util.Optional;

/** Refuses tensors with numbers that are none, or that are none in the type they are written in. */
public final class WorthlessTensor {
  private WorthlessTensor() {}

  /** Looks for what of the files that a tensor is made of has numbers that are none. */
  public interface Blame {
    /** The tensor at fault and its file, if one is. */
    Optional<String> find() throws IOException;
  }

  /** Refuses numbers that do not survive being rounded to {@code output}. */
  public static void refuse(
      WeightKernels kernels, String name, NDArray numbers, Dtype output, Blame blame)
      throws IOException {
    refuse(kernels.kernels().test("fits", numbers, output), name, output, blame);
  }

  /** Refuses numbers that lie as bytes of {@code output}. */
  public static void refuseStored(
      WeightKernels kernels, String name, NDArray bytes, Dtype output, Blame blame)
      throws IOException {
    refuse(kernels.kernels().test("fits_as_stored", bytes, output), name, output, blame);
  }

  /** A tensor of a file, if it has numbers that are none. */
  public static Optional<String> in(WeightKernels kernels, TensorStore file, String name)
      throws IOException {
    SliceBuffer buffer = new SliceBuffer(kernels.manager());
    TensorStatistics numbers = TensorStatistics.of(kernels, buffer, file, file.info(name));
    return numbers.notFinite() == 0
        ? Optional.empty()
        : Optional.of(
            "tensor %s of %s has numbers that are none (%s of %s)"
                .formatted(name, file.file(), numbers.notFinite(), numbers.elements()));
  }

  private static void refuse(boolean fits, String name, Dtype output, Blame blame)
      throws IOException {
    if (fits) {
      return;
    }
    Optional<String> source = blame.find();
    throw new WorthlessResultException(
        "Cannot write tensor %s: it would have numbers that are none or too large for %s%s"
            .formatted(
                name,
                output,
                source
                    .map(found -> ": " + found)
                    .orElse(
                        " (all that it is made of are numbers: choose a wider precision, or smaller ratios and multipliers)")));
  }
}
