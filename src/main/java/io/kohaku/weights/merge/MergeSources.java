package io.kohaku.weights.merge;

import io.kohaku.input.UnusableFileException;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.checkpoint.PredictionMarks;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.TensorStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a merge, opened and fit to be added up: their headers say so before anything is
 * written.
 *
 * @param files the checkpoints, in the plan's order
 * @param original where restored embeddings come from
 * @param restored the tensors that come from it
 * @param differences what the checkpoints do not have in common
 */
record MergeSources(
    List<TensorStore> files,
    Optional<TensorStore> original,
    Set<String> restored,
    List<String> differences) {
  private static final Logger LOG = LoggerFactory.getLogger(MergeSources.class);

  /** What is added up; whole numbers of other names, such as counters, are copied. */
  private static final Pattern PARAMETER = Pattern.compile(".*\\.(?:weight|bias|in_proj_\\w+)");

  /**
   * Opens the files, which {@code opened} closes.
   *
   * @throws UnusableFileException if a file is of another network, the checkpoints have nothing in
   *     common, predict different things, differ and the plan does not allow it, or the original
   *     lacks an embedding
   */
  static MergeSources open(MergePlan plan, Closer opened) {
    List<TensorStore> files =
        plan.checkpoints().stream()
            .map(checkpoint -> opened.add(SdxlCheckpoint.tensors(checkpoint.file())))
            .toList();
    Optional<TensorStore> original =
        plan.original().map(file -> opened.add(SdxlCheckpoint.tensors(file)));
    files.forEach(MergeSources::requireSdxl);
    original.ifPresent(MergeSources::requireSdxl);
    MergeParts.requireCommon(files);
    requireOnePrediction(plan.checkpoints().stream().map(MergePlan.Checkpoint::file).toList())
        .ifPresent(LOG::warn);
    List<String> differences = MergeDifferences.thatMatter(files);
    if (!differences.isEmpty() && plan.differences() == MergePlan.Differences.ERROR) {
      throw new UnusableFileException(
          "Cannot merge: the checkpoints differ: %s (merge.differences = first takes the first checkpoint's tensors)%s"
              .formatted(MergeDifferences.told(differences), MergeParts.told(files)));
    }
    return new MergeSources(files, original, restored(plan, files.get(0), original), differences);
  }

  private static Set<String> restored(
      MergePlan plan, TensorStore first, Optional<TensorStore> original) {
    Set<String> keys = new TreeSet<>();
    if (original.isEmpty()
        || plan.checkpoints().stream().noneMatch(MergePlan.Checkpoint::restored)) {
      return keys;
    }
    for (Embedding embedding : plan.restored()) {
      TensorInfo own = MergeParts.embedding(embedding, original.get(), first);
      TensorInfo source = MergeParts.embedding(embedding, original.get(), original.get());
      if (!sameShape(source, own)) {
        throw new UnusableFileException(
            "Cannot restore %s from %s: its shape is %s (%s has %s)"
                .formatted(
                    embedding.key(),
                    original.get().file(),
                    Arrays.toString(source.shape()),
                    own,
                    first.file()));
      }
      keys.add(embedding.key());
    }
    return keys;
  }

  static boolean sameShape(TensorInfo one, TensorInfo other) {
    return one != null && Arrays.equals(one.shape(), other.shape());
  }

  /**
   * Refuses a file that is of another network than SDXL, or quantised; parts of SDXL may be merged
   * too.
   *
   * @throws UnusableFileException saying what it is instead
   */
  static void requireSdxl(TensorStore file) {
    SdxlLayout.refuseOther(file.file().toString(), MergeParts.shapes(file));
    for (TensorInfo info : file.tensors().values()) {
      if (!info.dtype().isFloating() && PARAMETER.matcher(info.name()).matches()) {
        throw new UnusableFileException(
            "Cannot merge %s: %s is stored as %s, quantised (take the file in fp16 or bf16)"
                .formatted(file.file(), info.name(), info.dtype()));
      }
    }
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
