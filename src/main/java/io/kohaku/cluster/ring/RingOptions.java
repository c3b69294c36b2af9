package io.kohaku.cluster.ring;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a ring talks.
 *
 * @param joinTimeout how long the neighbours have to connect
 * @param peerTimeout how long a neighbour may be silent in the middle of a sum before it counts as
 *     hung; it covers the slowest rank's computation too
 * @param wire what travels
 */
public record RingOptions(Duration joinTimeout, Duration peerTimeout, WireFormat wire)
    implements Serializable {
  /** Checks that both times are above zero. */
  public RingOptions {
    requirePositive("join timeout", joinTimeout);
    requirePositive("peer timeout", peerTimeout);
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException("Invalid " + name + ": " + value + " (must be above 0)");
    }
  }
}
