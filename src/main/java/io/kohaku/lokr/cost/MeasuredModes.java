package io.kohaku.lokr.cost;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.ModeChoice;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.WeightDecomposition;
import io.kohaku.tensor.script.TorchScript;
import java.util.HashMap;
import java.util.Map;

/**
 * Takes the cost model's word where it is clear, and runs the layer itself where the model expects
 * both ways to be close.
 *
 * <p>Layers of the same blocks and as many vectors are run once. A run that would take long gets
 * fewer vectors: what does not depend on them hardly counts then.
 */
public final class MeasuredModes implements ModeChoice, AutoCloseable {
  /** Within this ratio of both expectations the layer itself is run. */
  static final double DOUBT = 2;

  private static final double LONGEST_RUN = 0.25;
  private static final int ROUNDS = 5;

  private record Kind(LokrShape shape, long vectors) {}

  private final NDManager parent;
  private final CostModel model;
  private final TorchScript kernels;
  private final Map<Kind, ApplyMode> known = new HashMap<>();

  /** Choices for the device of {@code parent} whose rates {@code model} holds. */
  public MeasuredModes(NDManager parent, CostModel model) {
    this.parent = parent;
    this.model = model;
    this.kernels = TorchScript.load(parent, LayerTrial.kernels());
  }

  @Override
  public ApplyMode of(LokrLayer layer) {
    if (layer.mode() != ApplyMode.AUTO) {
      return layer.mode();
    }
    return choose(layer.shape(), model.tokens().of(layer.layer()));
  }

  /** The faster way for {@code vectors} output vectors. */
  public ApplyMode choose(LokrShape shape, long vectors) {
    return known.computeIfAbsent(new Kind(shape, vectors), this::decide);
  }

  /** Magnitudes trained apart need the merged weight anyway. */
  private ApplyMode decide(Kind kind) {
    if (kind.shape().decomposition() != WeightDecomposition.NONE) {
      return ApplyMode.MERGED;
    }
    ModeSeconds expected = model.seconds(kind.shape(), kind.vectors());
    double ratio = expected.merged() / expected.bypass();
    if (ratio > DOUBT || ratio < 1 / DOUBT) {
      return expected.better();
    }
    double share = Math.min(1, LONGEST_RUN / Math.max(expected.merged(), expected.bypass()));
    Shape input = input(kind.shape(), (long) Math.ceil(kind.vectors() * share));
    try (LayerTrial trial = new LayerTrial(kernels, parent, model.dtype(), kind.shape(), input)) {
      return trial.seconds(ROUNDS).better();
    }
  }

  /** A matrix of vectors, or as many square images of at most 32 by 32 as hold them. */
  private static Shape input(LokrShape shape, long vectors) {
    long in = shape.weight().get(1);
    if (shape.weight().dimension() == 2) {
      return new Shape(vectors, in);
    }
    long side = Math.max(1, Math.min(32, (long) Math.sqrt(vectors)));
    return new Shape(Math.max(1, vectors / (side * side)), in, side, side);
  }

  @Override
  public void close() {
    kernels.close();
  }
}
