package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.ownership.Closer;
import io.kohaku.tensor.script.Scalars;
import io.kohaku.tensor.script.TensorDict;
import java.util.List;
import java.util.Map;

/**
 * One layer as the kernels take it: its {@link #tensors()}, its {@link #numbers()} and its {@link
 * #NAME} in both.
 *
 * <p>Merged unless it is told otherwise. The tensors stay the caller's.
 */
public final class BoundLayer implements AutoCloseable {
  /** What the layer is called among its tensors and numbers. */
  public static final String NAME = "layer";

  /** The suffix of the frozen weight. */
  public static final String WEIGHT = "weight";

  private final LokrShape shape;
  private final TensorDict tensors;
  private final Scalars numbers;

  /** A layer of these blocks, still without tensors. */
  public BoundLayer(LokrShape shape) {
    this.shape = shape;
    try (Closer opening = new Closer()) {
      this.tensors = opening.add(new TensorDict());
      this.numbers = opening.add(new Scalars());
      apply(ApplyMode.MERGED);
      opening.release();
    }
  }

  /** A layer with these tensors by suffix. */
  public static BoundLayer of(LokrShape shape, Map<String, NDArray> tensors) {
    try (Closer opening = new Closer()) {
      BoundLayer bound = opening.add(new BoundLayer(shape));
      tensors.forEach(bound::put);
      opening.release();
      return bound;
    }
  }

  /** Puts or replaces one tensor. */
  public BoundLayer put(String suffix, NDArray tensor) {
    tensors.put(NAME + "." + suffix, tensor);
    return this;
  }

  /** Changes in which way the update is applied. */
  public BoundLayer apply(ApplyMode mode) {
    shape.constants(mode).forEach((suffix, number) -> numbers.put(NAME + "." + suffix, number));
    return this;
  }

  /** The tensor of this suffix. */
  public NDArray tensor(String suffix) {
    return tensors.tensor(NAME + "." + suffix);
  }

  public TensorDict tensors() {
    return tensors;
  }

  public Scalars numbers() {
    return numbers;
  }

  @Override
  public void close() {
    Closer.close(List.of(tensors, numbers));
  }
}
