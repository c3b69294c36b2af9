package io.kohaku.lokr.file;

import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.AdapterTensor;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.lokr.shape.WeightDecomposition;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One layer as a file holds it: which tensors of which shape, and the stored alpha.
 *
 * @param name its kohya name
 * @param tensors shapes by suffix, without alpha
 * @param alpha the stored number; may be infinite or missing (NaN) where both blocks are full,
 *     since nothing reads it then
 */
public record StoredLayer(String name, Map<String, Shape> tensors, double alpha) {
  /** Checks that these are the tensors of a LoKr layer. */
  public StoredLayer {
    tensors = Map.copyOf(tensors);
    Set<String> known = LokrTensor.trained();
    for (String suffix : tensors.keySet()) {
      if (!known.contains(suffix)) {
        throw new IllegalArgumentException(
            "Unknown tensor: %s.%s (one of %s)".formatted(name, suffix, String.join(", ", known)));
      }
    }
    requireOneOf(name, tensors, LokrTensor.W1, LokrTensor.W1_A, LokrTensor.W1_B);
    requireOneOf(name, tensors, LokrTensor.W2, LokrTensor.W2_A, LokrTensor.W2_B);
    tensors.forEach((suffix, shape) -> requireDimensions(name + "." + suffix, suffix, shape));
  }

  /** Blocks are matrices or kernels, and nothing is empty. */
  private static void requireDimensions(String tensor, String suffix, Shape shape) {
    boolean number = suffix.equals(LokrTensor.SCALAR.suffix());
    boolean block = !number && !suffix.equals(LokrTensor.DORA_SCALE.suffix());
    if (shape.size() < 1 || number && shape.size() != 1 || block && shape.dimension() < 2) {
      throw new IllegalArgumentException(
          "Invalid tensor %s: %s (%s)"
              .formatted(
                  tensor,
                  shape,
                  number
                      ? "must be one number"
                      : "must have rows and columns, none of them empty"));
    }
  }

  /**
   * What the product of both blocks is multiplied by: alpha over rank, 1 where both are whole; the
   * trained scalar is not in it.
   */
  public double scale() {
    return isWhole() ? 1 : alpha / rank();
  }

  private boolean isWhole() {
    return has(LokrTensor.W1) && has(LokrTensor.W2);
  }

  private long rank() {
    return side(has(LokrTensor.W2) ? LokrTensor.W1_B : LokrTensor.W2_B, 0);
  }

  private static void requireOneOf(
      String name, Map<String, Shape> tensors, LokrTensor block, LokrTensor a, LokrTensor b) {
    boolean parts = tensors.containsKey(a.suffix()) && tensors.containsKey(b.suffix());
    if (tensors.containsKey(block.suffix()) == parts) {
      throw new IllegalArgumentException(
          "Missing tensor: %s, or its parts _a and _b".formatted(block.of(name)));
    }
  }

  /** Whether the file has this tensor of the layer. */
  public boolean has(AdapterTensor tensor) {
    return tensors.containsKey(tensor.suffix());
  }

  /** The tensors that make up the small block: itself, or both parts. */
  public List<LokrTensor> small() {
    return has(LokrTensor.W1) ? List.of(LokrTensor.W1) : List.of(LokrTensor.W1_A, LokrTensor.W1_B);
  }

  /** The tensors that make up the large block: itself, core and sides, or both parts. */
  public List<LokrTensor> large() {
    if (has(LokrTensor.W2)) {
      return List.of(LokrTensor.W2);
    }
    return has(LokrTensor.T2)
        ? List.of(LokrTensor.T2, LokrTensor.W2_A, LokrTensor.W2_B)
        : List.of(LokrTensor.W2_A, LokrTensor.W2_B);
  }

  /**
   * The blocks for a weight of this shape; checks that they give a delta of that shape.
   *
   * @param weight [out, in] or [out, in, height, width]
   */
  LokrShape shape(Shape weight) {
    boolean fullSmall = has(LokrTensor.W1);
    boolean fullLarge = has(LokrTensor.W2);
    boolean full = isWhole();
    LokrShape.Block large =
        fullLarge
            ? LokrShape.Block.FULL
            : has(LokrTensor.T2) ? LokrShape.Block.TUCKER : LokrShape.Block.LOW_RANK;
    long rank = full ? 1 : rank();
    if (!full && !Double.isFinite(alpha)) {
      throw new IllegalArgumentException(
          "Invalid %s: %s (finite where a block is decomposed)"
              .formatted(LokrTensor.ALPHA.of(name), alpha));
    }
    LokrShape shape =
        new LokrShape(
            weight,
            Math.toIntExact(side(fullSmall ? LokrTensor.W1 : LokrTensor.W1_A, 0)),
            Math.toIntExact(side(fullSmall ? LokrTensor.W1 : LokrTensor.W1_B, 1)),
            fullSmall ? LokrShape.Block.FULL : LokrShape.Block.LOW_RANK,
            large,
            rank,
            scale(),
            Double.isFinite(alpha) ? alpha : 1,
            decomposition(),
            has(LokrTensor.SCALAR));
    requireFit(shape);
    return shape;
  }

  private long side(LokrTensor tensor, int dimension) {
    return tensors.get(tensor.suffix()).get(dimension);
  }

  private WeightDecomposition decomposition() {
    Shape magnitude = tensors.get(LokrTensor.DORA_SCALE.suffix());
    if (magnitude == null) {
      return WeightDecomposition.NONE;
    }
    return magnitude.dimension() == 0 || magnitude.get(0) == magnitude.size()
        ? WeightDecomposition.OUTPUT
        : WeightDecomposition.INPUT;
  }

  private void requireFit(LokrShape shape) {
    for (ParameterSpec parameter : shape.parameters()) {
      Shape stored = tensors.get(parameter.suffix());
      if (!parameter.shape().equals(stored)) {
        throw new IllegalArgumentException(
            "Invalid tensor %s: %s (%s for a weight of %s)"
                .formatted(parameter.tensor().of(name), stored, parameter.shape(), shape.weight()));
      }
    }
    if ((long) shape.l() * shape.k() != shape.weight().get(0)
        || (long) shape.m() * shape.n() != shape.weight().get(1)) {
      throw new IllegalArgumentException(
          "Invalid tensor %s: [%s, %s] (must divide a weight of %s)"
              .formatted(LokrTensor.W1.of(name), shape.l(), shape.m(), shape.weight()));
    }
  }
}
