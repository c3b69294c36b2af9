package io.kohaku.weights.merge;

import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.TensorStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What checkpoints do not have in common, told tensor by tensor. */
public final class MergeDifferences {
  private static final int TOLD = 3;

  private MergeDifferences() {}

  /** Each file against the first: missing, additional and misshapen tensors. */
  public static List<String> of(List<TensorStore> files) {
    List<String> differences = new ArrayList<>();
    TensorStore first = files.get(0);
    for (TensorStore other : files.subList(1, files.size())) {
      for (TensorInfo info : first.tensors().values()) {
        TensorInfo found = other.tensors().get(info.name());
        if (found == null) {
          differences.add(info.name() + " is missing in " + other.file());
        } else if (!Arrays.equals(found.shape(), info.shape())) {
          differences.add(
              "%s is %s in %s, not %s"
                  .formatted(
                      info.name(),
                      Arrays.toString(found.shape()),
                      other.file(),
                      Arrays.toString(info.shape())));
        }
      }
      for (String name : other.tensors().keySet()) {
        if (!first.tensors().containsKey(name)) {
          differences.add(name + " is in " + other.file() + " but not in " + first.file());
        }
      }
    }
    return differences;
  }

  /** The same without tensors that no network reads: the first file's set of them is taken. */
  static List<String> thatMatter(List<TensorStore> files) {
    return of(files).stream()
        .filter(difference -> !SdxlLayout.isUnread(difference.split(" ", 2)[0]))
        .toList();
  }

  /** The first of them, and how many there are. */
  static String told(List<String> differences) {
    String told = String.join("; ", differences.subList(0, Math.min(TOLD, differences.size())));
    return differences.size() > TOLD
        ? told + "; and " + (differences.size() - TOLD) + " more"
        : told;
  }
}
