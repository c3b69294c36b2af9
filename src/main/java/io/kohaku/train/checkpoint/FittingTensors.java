package io.kohaku.train.checkpoint;

import ai.djl.ndarray.NDArray;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which of a run's tensors are in another run's file with the same shape.
 *
 * @param taken those, by name
 * @param fresh how many of the run's the file lacks
 * @param reshaped how many it has in another shape
 * @param dropped how many of the file's the run lacks
 */
record FittingTensors(Map<String, NDArray> taken, int fresh, int reshaped, int dropped) {
  static FittingTensors of(Path file, Map<String, NDArray> wanted) {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      Map<String, TensorInfo> there = tensors.tensors();
      Map<String, NDArray> taken = new LinkedHashMap<>();
      int reshaped = 0;
      for (Map.Entry<String, NDArray> tensor : wanted.entrySet()) {
        TensorInfo info = there.get(tensor.getKey());
        if (info == null) {
          continue;
        }
        if (Arrays.equals(info.shape(), tensor.getValue().getShape().getShape())) {
          taken.put(tensor.getKey(), tensor.getValue());
        } else {
          reshaped++;
        }
      }
      int common = taken.size() + reshaped;
      return new FittingTensors(taken, wanted.size() - common, reshaped, there.size() - common);
    }
  }

  /** The numbers, for people. */
  String told() {
    return "%s tensors taken, %s new, %s of another shape begin anew, %s dropped"
        .formatted(taken.size(), fresh, reshaped, dropped);
  }
}
