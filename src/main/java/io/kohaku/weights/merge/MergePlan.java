package io.kohaku.weights.merge;

import io.kohaku.tensor.Dtype;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What to merge and how.
 *
 * @param checkpoints the checkpoints and their shares
 * @param original where restored embeddings come from
 * @param restored the embeddings that the checkpoints take from it
 * @param arithmetic F32 or F64
 * @param output type of the merged floating tensors; each keeps the first checkpoint's own if empty
 * @param differences what to do where the checkpoints do not have the same tensors
 */
public record MergePlan(
    List<Checkpoint> checkpoints,
    Optional<Path> original,
    Set<Embedding> restored,
    Dtype arithmetic,
    Optional<Dtype> output,
    Differences differences) {

  /**
   * One checkpoint.
   *
   * @param file a checkpoint, file or folder
   * @param ratio what its tensors are multiplied by
   * @param restored whether its embeddings come from the original
   */
  public record Checkpoint(Path file, double ratio, boolean restored) {}

  /** What to do where checkpoints differ in tensors or shapes. */
  public enum Differences {
    /** Stop before anything is written. */
    ERROR,
    /**
     * The first checkpoint decides which tensors there are and stands in where another has none.
     */
    FIRST
  }

  /** Checks that there is something to merge. */
  public MergePlan {
    checkpoints = List.copyOf(checkpoints);
    restored = Set.copyOf(restored);
    if (checkpoints.isEmpty()) {
      throw new IllegalArgumentException("Cannot merge nothing: name at least one checkpoint");
    }
    if (arithmetic != Dtype.F32 && arithmetic != Dtype.F64) {
      throw new IllegalArgumentException(
          "Invalid arithmetic: " + arithmetic + " (one of F32, F64)");
    }
    boolean restores = !restored.isEmpty() && checkpoints.stream().anyMatch(Checkpoint::restored);
    if (restores && original.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot restore embeddings: no original checkpoint is named");
    }
  }
}
