package io.kohaku.provenance;

import java.io.IOException;
import java.time.Duration;

/** The folder of a stage belongs to another process, which is named. */
public final class StageHeldException extends IOException {
  private static final long serialVersionUID = 1L;

  private StageHeldException(String message) {
    super(message);
  }

  static StageHeldException by(LockHolder holder, LockFile lock, Duration patience) {
    return new StageHeldException(
        "Cannot run in %s: it is held by %s (wait for its end, or stop that process; one that has died is noticed within %s s)"
            .formatted(lock.folder(), holder.described(), seconds(patience)));
  }

  static StageHeldException byUnknown(LockFile lock, Duration patience) {
    return new StageHeldException(
        "Cannot run in %s: it is held by an unknown process, as %s is not whole or changes hands (try again; a lock that nobody completes is free after %s s)"
            .formatted(lock.folder(), lock.path(), seconds(patience)));
  }

  /** For one that held the lock itself. */
  static StageHeldException lost(String toWhom, LockFile lock) {
    return new StageHeldException(
        "Cannot go on in %s: this process gave no sign of life for too long, and %s (start again when nobody holds it)"
            .formatted(lock.folder(), toWhom));
  }

  private static String seconds(Duration time) {
    return Long.toString(Math.max(1, time.toSeconds()));
  }
}
