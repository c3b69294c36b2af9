package io.kohaku.settings;

import io.kohaku.settings.binding.Range;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * What tasks compute on, and how the ranks of a training run find and reach each other.
 *
 * @param ranks tasks that train together, one for each GPU
 * @param slotTimeout how long to wait for executors before a shortage is an error
 * @param joinTimeout how long the ranks have to connect to each other
 * @param peerTimeout silence after which a rank counts as hung
 * @param stopTimeout time that a stopping driver or executor gives its tasks to save their work
 * @param wire what gradients travel as
 * @param taskCpus cores of one task of encode and train; 0: as any task's
 * @param taskGpus GPUs of one such task, beside {@code taskCpus}
 * @param device what ranks, encoding tasks and pictures are computed on
 * @param libtorch folder of an installed PyTorch on every machine, in place of the jar's natives
 */
public record ClusterSettings(
    @How @Range(min = 1) int ranks,
    @How Duration slotTimeout,
    @How Duration joinTimeout,
    @How Duration peerTimeout,
    @How Duration stopTimeout,
    @What Wire wire,
    @How @Range(min = 0) int taskCpus,
    @How @Range(min = 0) int taskGpus,
    @How Processor device,
    @How Optional<String> libtorch)
    implements Serializable {

  /** What may compute. */
  public enum Processor {
    /** The GPU that was assigned, else one that is visible, else the CPU. */
    AUTO,
    /** The CPU, whatever else there is. */
    CPU,
    /** A GPU; none is an error. */
    GPU
  }

  /** What gradients travel as between ranks. */
  public enum Wire {
    /** Four bytes a value, exact. */
    FP32,
    /** Two bytes a value, scaled by chunk. */
    FP16
  }
}
