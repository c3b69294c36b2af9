package io.kohaku.train.checkpoint;

import io.kohaku.train.plan.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of a run and the checkpoints that it is saved to and taken up from.
 *
 * @param state what checkpoints hold
 * @param store where they are
 */
public record RunCheckpoints(RunState state, CheckpointStore store) {
  private static final Logger LOG = LoggerFactory.getLogger(RunCheckpoints.class);

  /**
   * Where a run goes on.
   *
   * @param progress where it stands
   * @param place the same for people: all ranks must be at one
   * @param told the last update that its folder tells of
   */
  public record Beginning(Progress progress, String place, long told) {
    private static Beginning at(Progress progress) {
      return new Beginning(progress, String.valueOf(progress.step()), progress.step());
    }
  }

  /**
   * Takes over the newest good checkpoint; where there is none what the run branches from; where
   * there is none either the run stands at {@code start}.
   *
   * @param updates of the whole run: one that has gone further cannot stop there any more
   */
  public Beginning resume(Progress start, long updates) throws IOException {
    Optional<Path> newest = store.newest();
    if (newest.isPresent()) {
      return goOn(newest.get(), updates);
    }
    Optional<BranchPoint> origin = BranchPoint.copiedInto(store.folder());
    return origin.isPresent() ? branch(origin.get(), start, updates) : Beginning.at(start);
  }

  private Beginning goOn(Path newest, long updates) throws IOException {
    long furthest = CheckpointStore.step(newest);
    Optional<Path> checkpoint = furthest <= updates ? Optional.of(newest) : store.good(updates);
    if (checkpoint.isEmpty()) {
      throw tooFar(furthest, updates);
    }
    Progress progress = state.restore(checkpoint.get());
    LOG.info("Going on from {} at update {}", checkpoint.get(), progress.step());
    return new Beginning(progress, String.valueOf(progress.step()), furthest);
  }

  private Beginning branch(BranchPoint origin, Progress start, long updates) throws IOException {
    Optional<String> damage = CheckpointDigests.damage(origin.checkpoint());
    if (damage.isPresent()) {
      throw new IllegalArgumentException(
          "Cannot branch from %s: the checkpoint is damaged, %s (remove it to have it copied again)"
              .formatted(origin.checkpoint(), damage.get()));
    }
    Progress progress = state.branch(origin.checkpoint(), start);
    if (progress.step() >= updates) {
      throw new IllegalArgumentException(
          "Cannot branch from %s: it has done %s updates and this run ends after %s (raise train.epochs or train.steps)"
              .formatted(origin.checkpoint(), progress.step(), updates));
    }
    String place = "%s from %s".formatted(progress.step(), origin.checkpoint().getFileName());
    return new Beginning(progress, place, progress.step());
  }

  private IllegalArgumentException tooFar(long furthest, long updates) throws IOException {
    String there =
        store.published().stream()
            .map(path -> String.valueOf(CheckpointStore.step(path)))
            .collect(Collectors.joining(", "));
    return new IllegalArgumentException(
        "Cannot end at update %s: the run in %s is at update %s and has no good checkpoint of update %s (raise train.epochs or train.steps to go on, set train.branch-from = %s@<update> to begin from one of %s, or give --force to begin anew)"
            .formatted(updates, store.folder(), furthest, updates, store.folder(), there));
  }

  /** Saves the state as it is after the update that {@code progress} stands at. */
  public void save(Progress progress) throws IOException {
    store.write(progress.step(), state.files(progress));
  }
}
