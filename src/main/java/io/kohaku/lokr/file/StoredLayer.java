package io.kohaku.lokr.file;

import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.Leaf;
import io.kohaku.lokr.shape.LengthAxis;
import io.kohaku.lokr.shape.LokrShape;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One layer as a file holds it: which tensors of which shape, and the stored alpha.
 *
 * @param name its kohya name
 * @param tensors shapes by suffix, without alpha
 * @param alpha the stored number; may be infinite or missing (NaN) where both blocks are full,
 *     since nothing reads it then
 */
public record StoredLayer(String name, Map<String, Shape> tensors, double alpha) {
  private static final Set<String> SUFFIXES =
      new TreeSet<>(
          Set.of(
              "lokr_w1",
              "lokr_w1_a",
              "lokr_w1_b",
              "lokr_w2",
              "lokr_w2_a",
              "lokr_w2_b",
              "lokr_t2",
              "dora_scale",
              "scalar"));

  /** Checks that these are the tensors of a LoKr layer. */
  public StoredLayer {
    tensors = Map.copyOf(tensors);
    for (String suffix : tensors.keySet()) {
      if (!SUFFIXES.contains(suffix)) {
        throw new IllegalArgumentException(
            "Unknown tensor: %s.%s (one of %s)"
                .formatted(name, suffix, String.join(", ", SUFFIXES)));
      }
    }
    requireOneOf(name, tensors, "lokr_w1");
    requireOneOf(name, tensors, "lokr_w2");
  }

  private static void requireOneOf(String name, Map<String, Shape> tensors, String block) {
    boolean parts = tensors.containsKey(block + "_a") && tensors.containsKey(block + "_b");
    if (tensors.containsKey(block) == parts) {
      throw new IllegalArgumentException(
          "Missing tensor: %s.%s, or its parts _a and _b".formatted(name, block));
    }
  }

  /**
   * The blocks for a weight of this shape; checks that they give a delta of that shape.
   *
   * @param weight [out, in] or [out, in, height, width]
   */
  public LokrShape shape(Shape weight) {
    boolean fullSmall = tensors.containsKey("lokr_w1");
    boolean fullLarge = tensors.containsKey("lokr_w2");
    boolean full = fullSmall && fullLarge;
    LokrShape.Block large =
        fullLarge
            ? LokrShape.Block.FULL
            : tensors.containsKey("lokr_t2") ? LokrShape.Block.TUCKER : LokrShape.Block.LOW_RANK;
    long rank = full ? 1 : tensors.get(fullLarge ? "lokr_w1_b" : "lokr_w2_b").get(0);
    if (!full && !Double.isFinite(alpha)) {
      throw new IllegalArgumentException(
          "Invalid %s.alpha: %s (finite where a block is decomposed)".formatted(name, alpha));
    }
    LokrShape shape =
        new LokrShape(
            weight,
            Math.toIntExact(tensors.get(fullSmall ? "lokr_w1" : "lokr_w1_a").get(0)),
            Math.toIntExact(tensors.get(fullSmall ? "lokr_w1" : "lokr_w1_b").get(1)),
            fullSmall ? LokrShape.Block.FULL : LokrShape.Block.LOW_RANK,
            large,
            rank,
            full ? 1 : alpha / rank,
            Double.isFinite(alpha) ? alpha : 1,
            lengths(),
            tensors.containsKey("scalar"));
    requireFit(shape);
    return shape;
  }

  private LengthAxis lengths() {
    Shape lengths = tensors.get("dora_scale");
    if (lengths == null) {
      return LengthAxis.NONE;
    }
    return lengths.get(0) == lengths.size() ? LengthAxis.OUTPUT : LengthAxis.INPUT;
  }

  private void requireFit(LokrShape shape) {
    for (Leaf leaf : shape.leaves()) {
      Shape stored = tensors.get(leaf.suffix());
      if (!leaf.shape().equals(stored)) {
        throw new IllegalArgumentException(
            "Invalid tensor %s.%s: %s (%s for a weight of %s)"
                .formatted(name, leaf.suffix(), stored, leaf.shape(), shape.weight()));
      }
    }
    if ((long) shape.l() * shape.k() != shape.weight().get(0)
        || (long) shape.m() * shape.n() != shape.weight().get(1)) {
      throw new IllegalArgumentException(
          "Invalid tensor %s.lokr_w1: [%d, %d] (must divide a weight of %s)"
              .formatted(name, shape.l(), shape.m(), shape.weight()));
    }
  }
}
