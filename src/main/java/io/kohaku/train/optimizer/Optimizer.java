package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.settings.TrainSettings.Algorithm;
import java.util.List;
import java.util.Map;

/** Updates parameters in place from their gradients, and remembers what it needs for the next. */
public interface Optimizer extends AutoCloseable {
  /**
   * The optimizer called {@code algorithm} over {@code groups}, on the device of {@code parent}.
   */
  static Optimizer of(
      Algorithm algorithm, NDManager parent, List<RateGroup> groups, OptimizerOptions options) {
    return switch (algorithm) {
      case LION8BIT -> new Lion8bit(parent, groups, options, Lion8bit.Flavor.CURRENT);
      case LION8BIT_BNB042 -> new Lion8bit(parent, groups, options, Lion8bit.Flavor.BNB042);
      case LION -> new Lion(parent, groups, options);
      case ADAMW -> new AdamW(parent, groups, options);
    };
  }

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
