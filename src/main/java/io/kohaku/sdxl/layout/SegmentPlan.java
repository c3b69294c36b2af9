package io.kohaku.sdxl.layout;

import java.util.List;
import java.util.Map;

/**
 * One segment of a network before its weights are loaded.
 *
 * @param path its place in the network; the names of its weights go on from here
 * @param kernel what it computes
 * @param weights what it needs, in the order in which the reference defines its layers
 * @param constants numbers that its kernel reads
 */
public record SegmentPlan(
    String path, Kernel kernel, List<Weight> weights, Map<String, Double> constants) {
  public SegmentPlan {
    weights = List.copyOf(weights);
    constants = Map.copyOf(constants);
  }

  /** The full path of the layer or parameter {@code name}. */
  public String absolute(String name) {
    boolean whole = path.isEmpty() || name.equals(AdaptableLayer.PROJECTION);
    return whole ? name : path + "." + name;
  }
}
