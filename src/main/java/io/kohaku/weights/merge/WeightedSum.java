package io.kohaku.weights.merge;

import ai.djl.ndarray.NDArray;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.TensorStore;
import io.kohaku.weights.SliceBuffer;
import io.kohaku.weights.WeightKernels;
import io.kohaku.weights.WorthlessTensor;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code Σ ratio_i x_i} of tensors of the same shape in different files, slice by slice.
 *
 * <p>Products and sums are taken in the order of the terms in one arithmetic, and the result is
 * rounded once.
 */
public final class WeightedSum {
  private final WeightKernels kernels;
  private final Dtype arithmetic;
  private final List<SliceBuffer> buffers = new ArrayList<>();

  /**
   * One term.
   *
   * @param file where the tensor lies
   * @param ratio what it is multiplied by
   */
  public record Term(TensorStore file, double ratio) {}

  /**
   * Sums in {@code arithmetic}.
   *
   * @param arithmetic F32 or F64
   */
  public WeightedSum(WeightKernels kernels, Dtype arithmetic) {
    this.kernels = kernels;
    this.arithmetic = arithmetic;
  }

  /** Writes the sum of the tensors called {@code name} as {@code output}. */
  public void write(String name, List<Term> terms, Dtype output, WritableByteChannel out)
      throws IOException {
    while (buffers.size() < terms.size()) {
      buffers.add(new SliceBuffer(kernels.manager()));
    }
    long elements = terms.get(0).file().info(name).elements();
    for (long at = 0; at < elements; at += SliceBuffer.ELEMENTS) {
      long count = Math.min(SliceBuffer.ELEMENTS, elements - at);
      try (NDArray slice = slice(name, terms, output, at, count)) {
        WorthlessTensor.refuseStored(kernels, name, slice, output, () -> blame(name, terms));
        TensorSource.writeFully(slice.toByteBuffer(true), out);
      }
    }
  }

  private Optional<String> blame(String name, List<Term> terms) throws IOException {
    for (Term term : terms) {
      Optional<String> found = WorthlessTensor.in(kernels, term.file(), name);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private NDArray slice(String name, List<Term> terms, Dtype output, long at, long count)
      throws IOException {
    List<NDArray> slices = new ArrayList<>();
    long[] widths = new long[terms.size()];
    long[] stored = new long[terms.size()];
    double[] ratios = new double[terms.size()];
    for (int i = 0; i < terms.size(); i++) {
      Term term = terms.get(i);
      TensorInfo info = term.file().info(name);
      widths[i] = info.dtype().bits() / 8;
      stored[i] = info.dtype().code();
      ratios[i] = term.ratio();
      slices.add(buffers.get(i).fill(term.file(), name, at * widths[i], count * widths[i]));
    }
    return kernels
        .kernels()
        .tensor(
            kernels.manager(),
            "weighted_sum",
            slices,
            count,
            widths,
            stored,
            ratios,
            arithmetic,
            output);
  }
}
