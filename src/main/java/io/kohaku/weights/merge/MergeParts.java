package io.kohaku.weights.merge;

import io.kohaku.input.UnusableFileException;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.TensorStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which parts of SDXL the files of a merge have: parts of the same kind may be merged, a part and a
 * checkpoint that name nothing alike may not.
 */
final class MergeParts {
  private MergeParts() {}

  /**
   * Refuses a file that has nothing of SDXL, and files that have nothing in common with the first.
   *
   * @throws UnusableFileException saying which files, and what they seem to be
   */
  static void requireCommon(List<TensorStore> files) {
    for (TensorStore file : files) {
      if (!SdxlLayout.isPart(file.tensors().keySet())) {
        throw new UnusableFileException(
            "Cannot merge %s: it has no tensor of SDXL%s"
                .formatted(
                    file.file(),
                    file.tensors().keySet().stream()
                        .findFirst()
                        .map(name -> ", but " + name)
                        .orElse("")));
      }
    }
    TensorStore first = files.get(0);
    for (TensorStore other : files.subList(1, files.size())) {
      boolean common =
          other.tensors().keySet().stream()
              .anyMatch(name -> first.tensors().containsKey(name) && !SdxlLayout.isUnread(name));
      if (!common) {
        throw new UnusableFileException(
            "Cannot merge %s and %s: they have no tensor in common%s"
                .formatted(first.file(), other.file(), seems(List.of(first, other))));
      }
    }
  }

  /** What those files seem to be that are no whole checkpoints, where others are. */
  static String told(List<TensorStore> files) {
    boolean whole = files.stream().anyMatch(file -> instead(file).isEmpty());
    return whole ? seems(files) : "";
  }

  /** The entry of an embedding that is restored from an original, in either file. */
  static TensorInfo embedding(Embedding embedding, TensorStore original, TensorStore in) {
    TensorInfo info = in.tensors().get(embedding.key());
    if (info == null) {
      throw new UnusableFileException(
          "Cannot restore %s from %s: %s has no such tensor%s"
              .formatted(embedding.key(), original.file(), in.file(), seems(List.of(in))));
    }
    return info;
  }

  static Map<String, long[]> shapes(TensorStore file) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    file.tensors().forEach((key, info) -> shapes.put(key, info.shape()));
    return shapes;
  }

  private static Optional<String> instead(TensorStore file) {
    return SdxlLayout.instead(shapes(file));
  }

  private static String seems(List<TensorStore> files) {
    StringBuilder told = new StringBuilder();
    for (TensorStore file : files) {
      instead(file)
          .ifPresent(what -> told.append("; ").append(file.file()).append(": ").append(what));
    }
    return told.toString();
  }
}
