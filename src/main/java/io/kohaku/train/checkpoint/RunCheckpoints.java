package io.kohaku.train.checkpoint;

import io.kohaku.train.plan.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
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

  /** Takes over the newest good checkpoint; where there is none the run stands at {@code start}. */
  public Progress resume(Progress start) throws IOException {
    Optional<Path> newest = store.newest();
    if (newest.isEmpty()) {
      return start;
    }
    Progress progress = state.restore(newest.get());
    LOG.info("Going on from {} at update {}", newest.get(), progress.step());
    return progress;
  }

  /** Saves the state as it is after the update that {@code progress} stands at. */
  public void save(Progress progress) throws IOException {
    store.write(progress.step(), state.files(progress));
  }
}
