package io.kohaku.train.loop;

import java.util.EnumMap;
import java.util.Map;

/** Where the time of one update goes on this rank. */
final class StepTimer {
  private final Map<Phase, Double> seconds = new EnumMap<>(Phase.class);
  private long mark = System.nanoTime();

  /** What an update does. */
  enum Phase {
    /** For the next micro-batch to be read. */
    WAITING,
    /** Forwards and backwards. */
    LEARNING,
    /** Summing over ranks, which includes waiting for the slower ones. */
    REDUCING,
    /** Clipping, the optimizer and the average. */
    STEPPING
  }

  /** What was done since the last lap was this. */
  void lap(Phase phase) {
    long now = System.nanoTime();
    seconds.merge(phase, (now - mark) / 1e9, Double::sum);
    mark = now;
  }

  double seconds(Phase phase) {
    return seconds.getOrDefault(phase, 0.0);
  }

  /** All laps. */
  double whole() {
    return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
  }
}
