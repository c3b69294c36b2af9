package io.kohaku.weights.merge;

import java.util.List;

/**
 * What a merge did.
 *
 * @param summed tensors that were added up
 * @param restored tensors that came from the original, at least in part
 * @param copied tensors of whole numbers, copied from the first checkpoint
 * @param differences what the checkpoints did not have in common
 */
public record MergeReport(int summed, int restored, int copied, List<String> differences) {
  /** Copies the list. */
  public MergeReport {
    differences = List.copyOf(differences);
  }
}
