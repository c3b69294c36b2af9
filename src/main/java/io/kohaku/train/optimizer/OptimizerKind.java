package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDManager;
import java.util.List;

/** The optimizers to choose from. */
public enum OptimizerKind {
  /** {@link Lion8bit} as bitsandbytes has it now. */
  LION8BIT,
  /** {@link Lion8bit} as bitsandbytes 0.42 had it. */
  LION8BIT_BNB042,
  /** {@link Lion} in float32. */
  LION,
  /** {@link AdamW} in float32. */
  ADAMW;

  /** An optimizer of this kind of {@code groups}, on the device of {@code parent}. */
  public Optimizer create(NDManager parent, List<ParameterGroup> groups, OptimizerOptions options) {
    return switch (this) {
      case LION8BIT -> new Lion8bit(parent, groups, options, Lion8bit.Flavor.CURRENT);
      case LION8BIT_BNB042 -> new Lion8bit(parent, groups, options, Lion8bit.Flavor.BNB042);
      case LION -> new Lion(parent, groups, options);
      case ADAMW -> new AdamW(parent, groups, options);
    };
  }
}
