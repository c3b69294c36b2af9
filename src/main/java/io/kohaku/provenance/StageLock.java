package io.kohaku.provenance;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds a stage's folder for this process, so that no other runs the same stage meanwhile. */
public final class StageLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StageLock.class);
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final int MISSED_SIGNS = 6;

  private final LockFile file;
  private final LockHolder holder;
  private final ScheduledExecutorService signs;
  private Optional<String> lostTo = Optional.empty();
  private boolean failing;
  private boolean closed;

  private StageLock(LockFile file, LockHolder holder, Duration interval) {
    this.file = file;
    this.holder = holder;
    this.signs = Executors.newSingleThreadScheduledExecutor(work -> thread(work, file));
    long millis = interval.toMillis();
    signs.scheduleWithFixedDelay(this::renew, millis, millis, TimeUnit.MILLISECONDS);
  }

  private static Thread thread(Runnable work, LockFile file) {
    Thread thread = new Thread(work, "lock of " + file.folder().getName());
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Takes a folder, which is made if it is not there.
   *
   * @param folder a folder of any Hadoop file system
   * @throws StageHeldException if a living process holds it, be it this one
   */
  public static StageLock take(Path folder, Configuration hadoop) throws IOException {
    return take(LockFile.in(folder, hadoop), LockHolder.thisProcess(), INTERVAL);
  }

  /** Takes it for this holder, which gives a sign of life in these intervals, as all others do. */
  static StageLock take(LockFile file, LockHolder holder, Duration interval) throws IOException {
    new LockTaking(file, holder, interval.multipliedBy(MISSED_SIGNS)).take();
    return new StageLock(file, holder, interval);
  }

  /**
   * Makes sure that the folder is still this process's; asked right before something is published.
   *
   * @throws StageHeldException if another has taken it over, since this process slept for long
   */
  public synchronized void requireHeld() throws IOException {
    if (closed) {
      throw new IllegalStateException("Cannot go on in " + file.folder() + ": its lock is closed");
    }
    if (lostTo.isEmpty()) {
      file.beat(holder.token());
      look();
    }
    if (lostTo.isPresent()) {
      throw StageHeldException.lost(lostTo.get(), file);
    }
  }

  private synchronized void renew() {
    if (closed || lostTo.isPresent()) {
      return;
    }
    try {
      file.beat(holder.token());
      look();
      failing = false;
    } catch (IOException | RuntimeException e) {
      if (!failing) {
        LOG.warn("Cannot renew the lock of {}, and will try again: {}", file.folder(), e, e);
      }
      failing = true;
    }
  }

  /** Once lost it stays lost: the other may have changed anything. */
  private void look() throws IOException {
    Optional<FoundLock> found = file.find();
    if (found.isPresent() && found.get().isOf(holder.token())) {
      return;
    }
    String other =
        found
            .map(lock -> lock.holder().map(LockHolder::described).orElse("an unknown process"))
            .map(name -> "it was taken over by " + name)
            .orElse("its lock was removed");
    lostTo = Optional.of(other);
    LOG.warn("Lost the lock of {}: {}", file.folder(), other);
    file.removeBeats(holder.token());
  }

  /** Gives the folder back if it still is this process's. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    signs.shutdown();
    try {
      if (file.isHeldBy(holder.token())) {
        file.remove();
      }
      file.removeBeats(holder.token());
    } catch (IOException e) {
      LOG.warn("Cannot give back {}: {}", file.folder(), e, e);
    }
  }
}
