package io.kohaku.weights;

import ai.djl.ndarray.NDArray;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.TensorStore;
import java.io.IOException;

/**
 * The numbers in one tensor, summed up.
 *
 * @param elements how many there are
 * @param notFinite how many are NaN or infinite; the rest of this record leaves them out
 * @param norm L2 norm
 * @param mean their mean, 0 where there are none
 * @param least the least
 * @param greatest the greatest
 */
public record TensorStatistics(
    long elements, long notFinite, double norm, double mean, double least, double greatest) {

  public static TensorStatistics of(
      WeightKernels kernels, SliceBuffer buffer, TensorStore file, TensorInfo info)
      throws IOException {
    double squares = 0;
    double sum = 0;
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    long finite = 0;
    long width = info.dtype().bits() / 8;
    for (long at = 0; at < info.elements(); at += SliceBuffer.ELEMENTS) {
      long count = Math.min(SliceBuffer.ELEMENTS, info.elements() - at);
      NDArray bytes = buffer.fill(file, info.name(), at * width, count * width);
      try (NDArray part =
          kernels
              .kernels()
              .tensor(kernels.manager(), "statistics", bytes, count, width, info.dtype())) {
        double[] numbers = part.toDoubleArray();
        if (numbers[0] > numbers[1]) {
          finite += (long) (numbers[0] - numbers[1]);
          squares += numbers[2];
          sum += numbers[3];
          least = Math.min(least, numbers[4]);
          greatest = Math.max(greatest, numbers[5]);
        }
      }
    }
    return new TensorStatistics(
        info.elements(),
        info.elements() - finite,
        Math.sqrt(squares),
        finite == 0 ? 0 : sum / finite,
        finite == 0 ? 0 : least,
        finite == 0 ? 0 : greatest);
  }
}
