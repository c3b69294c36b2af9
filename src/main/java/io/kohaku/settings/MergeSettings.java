package io.kohaku.settings;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.NotBlank;
import io.kohaku.settings.binding.Place;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Checkpoints to add up.
 *
 * @param checkpoints the checkpoints and their shares
 * @param original checkpoint that restored embeddings come from
 * @param restore which embeddings to restore
 * @param arithmetic what sums are computed in
 * @param precision number format of the result; the first checkpoint's own if absent
 * @param differences what to do where checkpoints differ in tensors or shapes
 */
public record MergeSettings(
    @What List<Checkpoint> checkpoints,
    @How @Place Optional<String> original,
    @What Restore restore,
    @What Arithmetic arithmetic,
    @What Optional<Precision> precision,
    @What Differences differences)
    implements Checked, Serializable {

  /**
   * One checkpoint.
   *
   * @param file a single-file checkpoint
   * @param ratio its share
   * @param restored whether its embeddings come from the original
   */
  public record Checkpoint(@How @NotBlank @Place String file, double ratio, boolean restored)
      implements Serializable {}

  /**
   * The embeddings to take from the original.
   *
   * @param firstToken token vectors of CLIP-L
   * @param firstPosition position vectors of CLIP-L
   * @param secondToken token vectors of OpenCLIP bigG
   * @param secondPosition position vectors of OpenCLIP bigG
   */
  public record Restore(
      boolean firstToken, boolean firstPosition, boolean secondToken, boolean secondPosition)
      implements Serializable {}

  /** What sums are computed in. */
  public enum Arithmetic {
    /** 32-bit. */
    FP32,
    /** 64-bit. */
    FP64
  }

  /** What to do where checkpoints differ. */
  public enum Differences {
    /** Stop. */
    ERROR,
    /** The first checkpoint decides, and stands in for what others lack. */
    FIRST
  }

  @Override
  public void check(Problems problems) {
    if (original.isEmpty() && checkpoints.stream().anyMatch(Checkpoint::restored)) {
      problems.add("original", "null", "must name the checkpoint to restore embeddings from");
    }
  }
}
