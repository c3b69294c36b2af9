package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.Kernel;
import io.kohaku.sdxl.layout.SegmentPlan;
import io.kohaku.sdxl.layout.Weight;
import io.kohaku.tensor.script.Scalars;
import io.kohaku.tensor.script.TensorDict;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of a network that is computed at one go: one kernel, its frozen weights and the adapters
 * attached to its layers.
 *
 * <p>A segment is a pure function of its inputs, so it can be computed again in the backward walk.
 */
public final class Segment implements AutoCloseable {
  private final SegmentPlan plan;
  private final TorchScript kernels;
  private final TensorDict weights;
  private final Scalars constants;
  private final List<NDArray> leaves = new ArrayList<>();

  private Segment(SegmentPlan plan, TorchScript kernels, Map<String, NDArray> weights) {
    this.plan = plan;
    this.kernels = kernels;
    try (Closer opening = new Closer()) {
      this.weights = opening.add(new TensorDict(weights));
      this.constants = new Scalars(plan.constants());
      opening.release();
    }
  }

  /** Loads the weights of {@code plan} as tensors of {@code owner}, whatever scope is open. */
  public static Segment load(
      SegmentPlan plan, TorchScript kernels, NDManager owner, WeightReader reader) {
    Map<String, NDArray> fused = new HashMap<>();
    Map<String, NDArray> weights = new HashMap<>();
    for (Weight weight : plan.weights()) {
      if (weight.third() == Weight.WHOLE) {
        weights.put(weight.name(), reader.read(owner, weight.key()));
      } else {
        NDArray whole = fused.computeIfAbsent(weight.key(), key -> reader.read(owner, key));
        weights.put(
            weight.name(), kernels.tensor(owner, "third_of_rows", whole, (long) weight.third()));
      }
    }
    weights.values().forEach(NDScope::unregister);
    fused.values().forEach(NDScope::unregister);
    return new Segment(plan, kernels, weights);
  }

  /** A segment without weights. */
  public static Segment bare(Kernel kernel, TorchScript kernels) {
    return new Segment(new SegmentPlan("", kernel, List.of(), Map.of()), kernels, Map.of());
  }

  /** Its place in the network. */
  public String path() {
    return plan.path();
  }

  public Kernel kernel() {
    return plan.kernel();
  }

  SegmentPlan plan() {
    return plan;
  }

  /** What the kernel makes of {@code inputs}, as a tensor of {@code scope}. */
  NDArray run(NDManager scope, NDArray... inputs) {
    Object[] arguments = new Object[inputs.length + 2];
    System.arraycopy(inputs, 0, arguments, 0, inputs.length);
    arguments[inputs.length] = weights;
    arguments[inputs.length + 1] = constants;
    return kernels.pure(scope, plan.kernel().function(), arguments);
  }

  /** The sum of two gradients that meet in what enters a segment. */
  NDArray sum(NDManager scope, NDArray first, NDArray second) {
    return kernels.tensor(scope, "sum_of_gradients", first, second);
  }

  /** Whether anything attached to this segment collects gradients. */
  boolean trains() {
    return leaves.stream().anyMatch(NDArray::hasGradient);
  }

  /** What made its output numbers that are none: the first such tensor of its own, else itself. */
  String blame() {
    Map<String, String> keys = new HashMap<>();
    plan.weights().forEach(weight -> keys.put(weight.name(), weight.key()));
    for (String name : weights.names()) {
      if (!Finite.all(weights.tensor(name))) {
        return "tensor %s has numbers that are none or too large for their format"
            .formatted(keys.getOrDefault(name, plan.absolute(name)));
      }
    }
    String place = plan.weights().isEmpty() ? plan.path() : plan.weights().get(0).key();
    return "numbers that are none come out of the layers around %s first, whose weights are finite"
        .formatted(place.isEmpty() ? plan.kernel() : place);
  }

  /** What is attached to it. */
  List<NDArray> leaves() {
    return List.copyOf(leaves);
  }

  /** The frozen weight of a layer. */
  NDArray weight(String layer) {
    return weights.tensor(layer + ".weight");
  }

  /** The frozen bias of a layer or norm. */
  NDArray bias(String layer) {
    return weights.tensor(layer + ".bias");
  }

  /** Puts an adapter's tensors and numbers under {@code layer.<suffix>}. */
  void attach(String layer, Map<String, NDArray> tensors, Map<String, Double> numbers) {
    tensors.forEach(
        (suffix, tensor) -> {
          String name = layer + "." + suffix;
          if (weights.contains(name)) {
            NDArray before = weights.tensor(name);
            leaves.removeIf(leaf -> leaf == before); // equals() compares elements
          }
          weights.put(name, tensor);
          leaves.add(tensor);
        });
    numbers.forEach((suffix, number) -> constants.put(layer + "." + suffix, number));
  }

  @Override
  public void close() {
    Closer.close(List.of(constants, weights));
  }
}
