package io.kohaku.weights.merge;

import io.kohaku.input.UnusableFileException;
import io.kohaku.sdxl.checkpoint.PredictionMarks;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.tensor.file.TensorStore;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether files are fit to be added up, asked before anything is written. */
final class MergeSources {
  private MergeSources() {}

  /**
   * Refuses a file that is of another network than SDXL; parts of SDXL may be merged too.
   *
   * @throws UnusableFileException saying what it is instead
   */
  static void requireSdxl(TensorStore file) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    file.tensors().forEach((key, info) -> shapes.put(key, info.shape()));
    SdxlLayout.refuseOther(file.file().toString(), shapes);
  }

  /**
   * Refuses networks that predict different things.
   *
   * @return what to warn of: one says what it predicts, and another does not
   * @throws UnusableFileException naming the first two files that contradict each other
   */
  static Optional<String> requireOnePrediction(List<Path> files) {
    Map<Prediction, Path> said = new EnumMap<>(Prediction.class);
    Path silent = null;
    for (Path file : files) {
      PredictionMarks marks = PredictionMarks.of(file);
      if (marks.prediction().isPresent()) {
        said.putIfAbsent(marks.prediction().get(), file);
      } else if (silent == null) {
        silent = file;
      }
    }
    Path noise = said.get(Prediction.EPSILON);
    Path velocity = said.get(Prediction.VELOCITY);
    if (noise != null && velocity != null) {
      throw new UnusableFileException(
          "Cannot merge: %s predicts epsilon, %s v_prediction".formatted(noise, velocity));
    }
    if (silent == null || said.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "%s predicts %s, %s does not say what: merged as if both predicted the same"
            .formatted(
                noise != null ? noise : velocity,
                noise != null ? "epsilon" : "v_prediction",
                silent));
  }
}
