package io.kohaku.sdxl.layout;

import java.util.ArrayList;
import java.util.List;

/** Collects the weights of one segment. */
final class WeightList {
  private final String keyPrefix;
  private final List<Weight> weights = new ArrayList<>();

  /** Weights whose checkpoint keys are {@code keyPrefix} and their name. */
  WeightList(String keyPrefix) {
    this.keyPrefix = keyPrefix;
  }

  WeightList linear(String name, long out, long in) {
    return matrix(name, out, in).vector(name + ".bias", out);
  }

  WeightList convolution(String name, long out, long in, long kernel) {
    add(name + ".weight", out, in, kernel, kernel);
    return vector(name + ".bias", out);
  }

  /** A linear layer without bias. */
  WeightList matrix(String name, long out, long in) {
    return add(name + ".weight", out, in);
  }

  WeightList norm(String name, long width) {
    return vector(name + ".weight", width).vector(name + ".bias", width);
  }

  WeightList vector(String name, long width) {
    return add(name, width);
  }

  List<Weight> list() {
    return List.copyOf(weights);
  }

  private WeightList add(String name, long... shape) {
    weights.add(new Weight(name, keyPrefix + name, shape));
    return this;
  }
}
