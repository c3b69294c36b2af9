package io.kohaku.weights.bake;

import io.kohaku.lokr.file.MergedAdapters;
import io.kohaku.tensor.Dtype;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What to bake into what.
 *
 * @param base a checkpoint, file or folder
 * @param adapters adapters' files, applied in this order
 * @param output type of the floating tensors; each keeps the base's own if empty
 */
public record BakePlan(Path base, List<MergedAdapters.Source> adapters, Optional<Dtype> output) {

  /** Copies the list. */
  public BakePlan {
    adapters = List.copyOf(adapters);
  }
}
