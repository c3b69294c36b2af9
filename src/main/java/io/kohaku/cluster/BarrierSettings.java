package io.kohaku.cluster;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a barrier stage is started and ended.
 *
 * @param ranks how many tasks run together
 * @param slotTimeout how long to wait for enough slots, for executors that are still being started
 * @param stopTimeout how long a stopping driver or executor waits for its tasks to end
 */
public record BarrierSettings(int ranks, Duration slotTimeout, Duration stopTimeout)
    implements Serializable {
  /** Checks that there is a rank. */
  public BarrierSettings {
    if (ranks < 1) {
      throw new IllegalArgumentException("Invalid ranks: " + ranks + " (must be at least 1)");
    }
  }
}
