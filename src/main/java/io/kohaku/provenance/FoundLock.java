package io.kohaku.provenance;

import java.util.Optional;
import java.util.UUID;

/**
 * A lock file as it was found.
 *
 * @param holder who holds it; nothing if the file is not whole
 * @param written when the file was written, in milliseconds of its file system's clock
 */
record FoundLock(Optional<LockHolder> holder, long written) {
  /** What tells this file from those that stood or will stand in its place. */
  String id() {
    return holder.map(found -> found.token().toString()).orElse("unreadable-" + written);
  }

  boolean isOf(UUID token) {
    return holder.filter(found -> found.token().equals(token)).isPresent();
  }
}
