package io.kohaku.train.optimizer;

import java.util.List;

/**
 * Parameters that share a learning rate.
 *
 * @param name what logs call the group
 * @param learningRate the rate before the schedule's factor
 * @param parameters its parameters, in order
 */
public record RateGroup(String name, double learningRate, List<Parameter> parameters) {
  /** Copies the list. */
  public RateGroup {
    parameters = List.copyOf(parameters);
  }
}
