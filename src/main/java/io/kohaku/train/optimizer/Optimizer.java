package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Updates parameters in place from their gradients, and remembers what it needs for the next. */
public interface Optimizer extends AutoCloseable {
  /** One update; the rate of each group is its own times {@code rateFactor}. */
  void step(Gradients gradients, double rateFactor);

  /** The whole memory, by names such as {@code <parameter>.state1}: for checkpoints. */
  Map<String, NDArray> state();

  /**
   * Takes over the memory of a checkpoint, which must have exactly the names and shapes of ours.
   */
  void restore(Map<String, NDArray> state);

  @Override
  void close();
}
