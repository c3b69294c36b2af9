package io.kohaku.cluster.ring;

import java.io.IOException;

/** Another rank is dead, hangs, or does something else than this one. */
final class PeerException extends IOException {
  private static final long serialVersionUID = 1L;

  /** With the whole sentence: which rank, what happened. */
  PeerException(String message) {
    super(message);
  }

  /** With the whole sentence and what the network said. */
  PeerException(String message, Throwable cause) {
    super(message, cause);
  }
}
