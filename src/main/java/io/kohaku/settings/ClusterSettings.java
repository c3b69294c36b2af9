package io.kohaku.settings;

import java.io.Serializable;
import java.time.Duration;

/**
 * How the ranks of a training run find and reach each other.
 *
 * @param ranks tasks that train together, one for each GPU
 * @param slotTimeout how long to wait for executors before a shortage is an error
 * @param joinTimeout how long the ranks have to connect to each other
 * @param peerTimeout silence after which a rank counts as hung
 * @param stopTimeout time that a stopping driver or executor gives its tasks to save their work
 * @param wire what gradients travel as
 */
public record ClusterSettings(
    @Range(min = 1) int ranks,
    Duration slotTimeout,
    Duration joinTimeout,
    Duration peerTimeout,
    Duration stopTimeout,
    Wire wire)
    implements Serializable {

  /** What gradients travel as between ranks. */
  public enum Wire {
    /** Four bytes a value, exact. */
    FP32,
    /** Two bytes a value, scaled by chunk. */
    FP16
  }
}
