package io.kohaku.provenance;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a lock, from nobody or from a holder that has died.
 *
 * @param file the lock
 * @param taker who wants it
 * @param patience how long a holder that cannot be seen from here may give no sign of life
 */
record LockTaking(LockFile file, LockHolder taker, Duration patience) {
  private static final Logger LOG = LoggerFactory.getLogger(LockTaking.class);
  private static final int ATTEMPTS = 20;
  private static final long PAUSE_MILLIS = 50;

  /**
   * Takes it.
   *
   * @throws StageHeldException if a living process holds it
   */
  void take() throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      // In some object stores the last of two who create at once wins, so look again.
      if (file.create(taker) && file.isHeldBy(taker.token())) {
        return;
      }
      Optional<FoundLock> found = file.find();
      if (found.isPresent() && !isRemoved(found.get())) {
        pause();
      }
    }
    throw StageHeldException.byUnknown(file, patience);
  }

  /** Whether a lock is out of the way; not so if it is being written or removed by another. */
  private boolean isRemoved(FoundLock found) throws IOException {
    if (isDead(found)) {
      return removeDead(found);
    }
    if (found.holder().isPresent()) {
      throw StageHeldException.by(found.holder().get(), file, patience);
    }
    return false;
  }

  private boolean isDead(FoundLock found) throws IOException {
    Optional<LockHolder> seen = found.holder().filter(holder -> holder.isSeenFrom(taker));
    return seen.isPresent() ? !seen.get().isRunning() : file.silence(found).compareTo(patience) > 0;
  }

  /** Of all who found it dead, one has the claim; that one looks again, and then removes. */
  private boolean removeDead(FoundLock dead) throws IOException {
    if (!file.claim(dead, patience)) {
      return false;
    }
    try {
      Optional<FoundLock> still = file.find().filter(found -> found.id().equals(dead.id()));
      if (still.isPresent() && isDead(still.get())) {
        LOG.warn(
            "Taking over {} from a holder that has died: {}",
            file.folder(),
            dead.holder().map(LockHolder::described).orElse("unknown, as its lock is not whole"));
        file.remove();
        if (dead.holder().isPresent()) {
          file.removeBeats(dead.holder().get().token());
        }
      }
      return true;
    } finally {
      file.giveBackClaim(dead);
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while taking a lock");
    }
  }
}
