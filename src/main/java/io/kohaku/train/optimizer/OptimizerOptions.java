package io.kohaku.train.optimizer;

/**
 * Numbers of an optimizer.
 *
 * @param beta1 share of the old momentum in an update
 * @param beta2 share of the old momentum (AdamW: of the old second moment) in the new one
 * @param weightDecay how much of itself a parameter loses per unit of learning rate
 * @param epsilon AdamW's guard against division by zero
 */
public record OptimizerOptions(double beta1, double beta2, double weightDecay, double epsilon) {
  /** Checks the numbers. */
  public OptimizerOptions {
    require("beta1", beta1, beta1 >= 0 && beta1 < 1, "must be from 0 to below 1");
    require("beta2", beta2, beta2 >= 0 && beta2 < 1, "must be from 0 to below 1");
    require("weight decay", weightDecay, weightDecay >= 0, "must not be negative");
    require("epsilon", epsilon, epsilon > 0, "must be above 0");
  }

  private static void require(String key, double value, boolean right, String rule) {
    if (!right) {
      throw new IllegalArgumentException("Invalid %s: %s (%s)".formatted(key, value, rule));
    }
  }
}
