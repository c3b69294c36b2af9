package io.kohaku.train.checkpoint;

import io.kohaku.settings.TrainSettings;
import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

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

  /** Something that differs between a saved run and this one. */
  private record Difference(String key, Object saved, Object wanted) {}

  /** Refuses a checkpoint of another run, naming the first thing that differs. */
  void requireSame(RunIdentity saved, Object checkpoint) {
    Stream.concat(order(saved), Stream.of(optimizer(saved)))
        .filter(RunIdentity::isReal)
        .findFirst()
        .ifPresent(
            first -> {
              throw new IllegalArgumentException(
                  "Cannot resume from %s: it was made with %s %s and this run has %s (set it back, or name another train.checkpoint.folder)"
                      .formatted(checkpoint, first.key, first.saved, first.wanted));
            });
  }

  /** What makes this run see other images, or in another order, than the saved one, if anything. */
  Optional<String> otherOrder(RunIdentity saved) {
    return order(saved)
        .filter(RunIdentity::isReal)
        .findFirst()
        .map(first -> "%s was %s and is %s".formatted(first.key, first.saved, first.wanted));
  }

  /** What decides which images come in which order. */
  private Stream<Difference> order(RunIdentity saved) {
    return Stream.of(
        new Difference("data", saved.data, data),
        new Difference("run.seed", saved.seed, seed),
        new Difference("train.micro-batch", saved.microBatch, microBatch),
        new Difference(
            "train.micro-batches-per-update", saved.microBatchesPerUpdate, microBatchesPerUpdate),
        new Difference("train.validation.held-out", saved.heldOut, heldOut));
  }

  private Difference optimizer(RunIdentity saved) {
    return new Difference("train.optimizer.algorithm", saved.optimizer, optimizer);
  }

  private static boolean isReal(Difference difference) {
    return !Objects.equals(difference.saved, difference.wanted);
  }
}
