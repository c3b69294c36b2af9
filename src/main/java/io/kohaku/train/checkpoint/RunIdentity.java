package io.kohaku.train.checkpoint;

import io.kohaku.settings.TrainSettings;
import java.io.Serializable;
import java.util.Objects;

/**
 * What must be the same for a run to go on from another's checkpoint.
 *
 * @param data digest of the images and captions
 * @param seed the run's seed
 * @param microBatch images of a micro-batch
 * @param microBatchesPerUpdate micro-batches of an update, over all ranks
 * @param heldOut images held out
 * @param optimizer the optimizer
 */
public record RunIdentity(
    String data,
    long seed,
    int microBatch,
    int microBatchesPerUpdate,
    int heldOut,
    String optimizer)
    implements Serializable {

  public static RunIdentity of(String data, TrainSettings settings, long seed) {
    return new RunIdentity(
        data,
        seed,
        settings.microBatch(),
        settings.microBatchesPerUpdate(),
        settings.validation().heldOut(),
        settings.optimizer().algorithm().name());
  }

  /** Refuses a checkpoint of another run, naming the first thing that differs. */
  void requireSame(RunIdentity saved, Object checkpoint) {
    require("data", saved.data, data, checkpoint);
    require("run.seed", saved.seed, seed, checkpoint);
    require("train.micro-batch", saved.microBatch, microBatch, checkpoint);
    require(
        "train.micro-batches-per-update",
        saved.microBatchesPerUpdate,
        microBatchesPerUpdate,
        checkpoint);
    require("train.validation.held-out", saved.heldOut, heldOut, checkpoint);
    require("train.optimizer.algorithm", saved.optimizer, optimizer, checkpoint);
  }

  private static void require(String key, Object saved, Object wanted, Object checkpoint) {
    if (!Objects.equals(saved, wanted)) {
      throw new IllegalArgumentException(
          "Cannot resume from %s: it was made with %s %s and this run has %s (set it back, or name another train.checkpoint.folder)"
              .formatted(checkpoint, key, saved, wanted));
    }
  }
}
