package io.kohaku.cluster;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a barrier stage is started and ended.
 *
 * @param ranks how many tasks run together
 * @param slotTimeout how long to wait for enough slots, for executors that are still being started
 * @param stopTimeout how long a stopping driver or executor waits for its tasks to end
 * @param share what one rank takes of its executor
 */
public record BarrierSettings(
    int ranks, Duration slotTimeout, Duration stopTimeout, TaskShare share)
    implements Serializable {
  /** Ranks that take what any task takes. */
  public BarrierSettings(int ranks, Duration slotTimeout, Duration stopTimeout) {
    this(ranks, slotTimeout, stopTimeout, TaskShare.ANY);
  }

  /** Checks that there is a rank. */
  public BarrierSettings {
    if (ranks < 1) {
      throw new IllegalArgumentException("Invalid ranks: " + ranks + " (must be at least 1)");
    }
  }
}
