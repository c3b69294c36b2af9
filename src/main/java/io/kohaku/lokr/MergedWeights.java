package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The adapted weights W' of merged layers, built once an update instead of in every forward walk
 * and in every segment that is computed again.
 *
 * <p>W' = {@code lokr_weight} rounded to the base's type, as the kernels build it for themselves.
 * It is a leaf, so a walk back leaves ∂loss/∂W' in it. libtorch would add up what several
 * micro-batches leave in the leaf's type; so after each one the gradient moves to a float32 sum
 * ({@link #collect}), and at the end of the update one vector-Jacobian product a layer through
 * {@code lokr_weight} turns the sum into the adapter's gradients ({@link #pullBack}).
 *
 * <p>Memory, for each element of a merged weight: W' in the base's type all the time; from the
 * first micro-batch of an update to its end 4 bytes of the sum; while a micro-batch walks back, and
 * so gives its activations free, its gradient in the base's type. The base itself stays.
 *
 * <p>Not for adapters with dropout, whose W' differs from micro-batch to micro-batch.
 */
public final class MergedWeights implements AutoCloseable {
  private static final String MERGED = "lokr_merged";

  private final Sdxl sdxl;
  private final NDManager manager;
  private final TorchScript kernels = ParameterKernels.shared();
  private final List<Merged> layers = new ArrayList<>();

  /** One merged layer. */
  private static final class Merged implements AutoCloseable {
    private final LokrLayer layer;
    private final BoundLayer bound;
    private final NDArray weight;
    private NDArray leaf;
    private NDArray sum;

    Merged(LokrLayer layer, BoundLayer bound, NDArray weight) {
      this.layer = layer;
      this.bound = bound;
      this.weight = weight;
    }

    @Override
    public void close() {
      bound.close();
    }
  }

  private MergedWeights(Sdxl sdxl) {
    this.sdxl = sdxl;
    this.manager = sdxl.manager().newSubManager();
  }

  /**
   * Builds the weights of the layers that {@code modes} says are merged and puts them under the
   * networks, to which {@code network} is attached without dropout.
   */
  public static MergedWeights attach(Sdxl sdxl, LokrNetwork network, ModeChoice modes) {
    try (Closer opening = new Closer()) {
      MergedWeights merged = opening.add(new MergedWeights(sdxl));
      for (LokrLayer layer : network.layers()) {
        if (modes.of(layer) == ApplyMode.MERGED) {
          merged.add(layer, network.parameters(layer));
        }
      }
      opening.release();
      return merged;
    }
  }

  private void add(LokrLayer layer, Map<String, NDArray> parameters) {
    try (MemoryScope scope = MemoryScope.open(manager);
        Closer opening = new Closer()) {
      BoundLayer bound = opening.add(BoundLayer.of(layer.shape(), parameters));
      bound.put(BoundLayer.WEIGHT, BaseWeights.of(sdxl).weight(manager, layer.layer()));
      NDArray weight =
          kernels.tensor(
              manager, "merged_weight", bound.tensors(), bound.numbers(), BoundLayer.NAME);
      Merged merged = new Merged(layer, bound, scope.keep(weight, manager));
      layers.add(merged);
      opening.release();
      renew(merged, scope);
    }
  }

  /** Builds the weights again: to be called whenever the adapter has changed. */
  public void merge() {
    for (Merged merged : layers) {
      BoundLayer bound = merged.bound;
      kernels.run("merge_into", merged.weight, bound.tensors(), bound.numbers(), BoundLayer.NAME);
    }
  }

  /** Moves what a micro-batch has left in the leaves to the sums. */
  public void collect() {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      List<Merged> reached = reached();
      List<Merged> first = reached.stream().filter(merged -> merged.sum == null).toList();
      List<Merged> further = reached.stream().filter(merged -> merged.sum != null).toList();
      if (!further.isEmpty()) {
        NDList sums = new NDList();
        further.forEach(merged -> sums.add(merged.sum));
        kernels.run("add_gradients", sums, leaves(further));
      }
      NDList wide = kernels.tensors(manager, "wide_gradients", leaves(first));
      for (int i = 0; i < first.size(); i++) {
        first.get(i).sum = scope.keep(wide.get(i), manager);
      }
      reached.forEach(merged -> renew(merged, scope));
    }
  }

  /** Adds the adapter's gradients that follow from the sums, and frees the sums. */
  public void pullBack() {
    for (Merged merged : layers) {
      if (merged.sum != null) {
        pullBack(merged);
        free(merged);
      }
    }
  }

  /** Forgets what was collected since the last {@link #pullBack}. */
  public void discard() {
    layers.stream().filter(merged -> merged.sum != null).forEach(MergedWeights::free);
  }

  private void pullBack(Merged merged) {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      BoundLayer bound = merged.bound;
      NDArray weight =
          Autograd.recording(
              () ->
                  kernels.tensor(
                      scope.manager(),
                      "lokr_weight",
                      bound.tensors(),
                      bound.numbers(),
                      BoundLayer.NAME));
      Autograd.backward(weight, merged.sum);
    }
  }

  private static void free(Merged merged) {
    merged.sum.close();
    merged.sum = null;
  }

  private List<Merged> reached() {
    boolean[] flags = Autograd.reached(leaves(layers));
    List<Merged> reached = new ArrayList<>();
    for (int i = 0; i < flags.length; i++) {
      if (flags[i]) {
        reached.add(layers.get(i));
      }
    }
    return reached;
  }

  private static NDList leaves(List<Merged> layers) {
    NDList leaves = new NDList(layers.size());
    layers.forEach(merged -> leaves.add(merged.leaf));
    return leaves;
  }

  /** A leaf without gradient: one that is set to zero would keep its memory. */
  private void renew(Merged merged, MemoryScope scope) {
    NDArray before = merged.leaf;
    merged.leaf = scope.keep(Autograd.leaf(scope.manager(), merged.weight), manager);
    LokrLayer layer = merged.layer;
    sdxl.attach(
        layer.layer().network(), layer.layer().path(), Map.of(MERGED, merged.leaf), Map.of());
    if (before != null) {
      before.close();
    }
  }

  /** Frees what is held here; the networks do not run any more then. */
  @Override
  public void close() {
    try (Closer closing = new Closer()) {
      closing.add(manager);
      layers.forEach(closing::add);
    }
  }
}
