package io.kohaku.settings;

import io.kohaku.settings.binding.Range;
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
 * @param taskCpus cores of one task of encode and train; 0: as any task's
 * @param taskGpus GPUs of one such task, beside {@code taskCpus}
 */
public record ClusterSettings(
    @Range(min = 1) int ranks,
    Duration slotTimeout,
    Duration joinTimeout,
    Duration peerTimeout,
    Duration stopTimeout,
    Wire wire,
    @Range(min = 0) int taskCpus,
    @Range(min = 0) int taskGpus)
    implements Serializable {

  /** What gradients travel as between ranks. */
  public enum Wire {
    /** Four bytes a value, exact. */
    FP32,
    /** Two bytes a value, scaled by chunk. */
    FP16
  }
}
