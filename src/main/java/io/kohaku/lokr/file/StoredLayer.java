package io.kohaku.lokr.file;

import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.AdapterTensor;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.lokr.shape.WeightDecomposition;
import io.kohaku.lokr.stored.LayerKind;
import io.kohaku.lokr.stored.LayerParts;
import io.kohaku.lokr.stored.LokrForm;
import io.kohaku.lokr.stored.Part;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One layer as a file holds it, told in LoKr's tensors: which there are, of which shape, and the
 * stored alpha.
 *
 * @param form its blocks
 * @param tensors shapes by suffix, without alpha
 * @param alpha the stored number; the rank where there is none or 0, as LyCORIS takes it; may be
 *     infinite or missing (NaN) where both blocks are whole, since nothing reads it then
 */
public record StoredLayer(LokrForm form, Map<String, Shape> tensors, double alpha) {

  /** Copies the map. */
  public StoredLayer {
    tensors = Map.copyOf(tensors);
  }

  /** The layer that these tensors make up, if there are blocks among them. */
  static Optional<StoredLayer> of(LayerParts parts, Optional<Double> alpha) {
    return LokrForm.of(parts, alpha)
        .map(
            form ->
                new StoredLayer(
                    form,
                    shapes(form),
                    alpha.orElse(form.rank() == 0 ? Double.NaN : (double) form.rank())));
  }

  private static Map<String, Shape> shapes(LokrForm form) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    form.blocks().forEach((tensor, shape) -> shapes.put(tensor.suffix(), shape));
    LayerParts parts = form.parts();
    if (parts.has(Part.SCALAR)) {
      shapes.put(LokrTensor.SCALAR.suffix(), number(parts));
    }
    if (parts.has(Part.MAGNITUDE)) {
      shapes.put(LokrTensor.DORA_SCALE.suffix(), parts.shape(Part.MAGNITUDE));
    } else if (parts.has(Part.OUTPUT_MAGNITUDE)) {
      long outputs = parts.shape(Part.OUTPUT_MAGNITUDE).size();
      shapes.put(LokrTensor.DORA_SCALE.suffix(), new Shape(outputs));
    }
    return shapes;
  }

  private static Shape number(LayerParts parts) {
    Shape shape = parts.shape(Part.SCALAR);
    if (shape.size() != 1) {
      throw new IllegalArgumentException(
          "Invalid tensor %s: %s (must be one number)"
              .formatted(parts.info(Part.SCALAR).name(), shape));
    }
    return new Shape();
  }

  /** Its kohya name. */
  public String name() {
    return form.parts().name();
  }

  /** What kind of layer it is in the file. */
  public LayerKind kind() {
    return form.kind();
  }

  /**
   * What the product of both blocks is multiplied by: alpha over rank, 1 where both are whole; the
   * trained scalar is not in it.
   */
  public double scale() {
    return isWhole() ? 1 : alpha / form.rank();
  }

  private boolean isWhole() {
    return has(LokrTensor.W1) && has(LokrTensor.W2);
  }

  /** Whether the layer has this tensor. */
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

  /** The file's tensors that the change of the layer is made of: all but alpha. */
  List<String> changing() {
    return form.parts().tensors().entrySet().stream()
        .filter(entry -> entry.getKey() != Part.ALPHA)
        .filter(entry -> !entry.getKey().isVector(entry.getValue()))
        .map(entry -> entry.getValue().name())
        .toList();
  }

  /** The file's tensor that holds this one, the first of several. */
  String source(LokrTensor tensor) {
    LayerParts parts = form.parts();
    return switch (tensor) {
      case DORA_SCALE ->
          parts.info(parts.has(Part.MAGNITUDE) ? Part.MAGNITUDE : Part.OUTPUT_MAGNITUDE).name();
      case SCALAR -> parts.info(Part.SCALAR).name();
      default ->
          parts.info(kind() == LayerKind.LOKR ? Part.of(tensor) : form.shown().get(0)).name();
    };
  }

  /**
   * The blocks for a weight of this shape; checks that they give a delta of that shape.
   *
   * @param weight [out, in] or [out, in, height, width]
   */
  LokrShape shape(Shape weight) {
    if (weight.dimension() < 2) {
      throw new IllegalArgumentException(
          "Invalid layer %s: it has blocks, and is a norm".formatted(name()));
    }
    if (has(LokrTensor.T2) && weight.dimension() == 2) {
      throw new IllegalArgumentException(
          "Invalid layer %s: it has a core for kernels, and is no convolution".formatted(name()));
    }
    boolean fullSmall = has(LokrTensor.W1);
    LokrShape.Block large =
        has(LokrTensor.W2)
            ? LokrShape.Block.FULL
            : has(LokrTensor.T2) ? LokrShape.Block.TUCKER : LokrShape.Block.LOW_RANK;
    if (!isWhole() && !Double.isFinite(alpha)) {
      throw new IllegalArgumentException(
          "Invalid %s: %s (finite where a block is decomposed)"
              .formatted(LokrTensor.ALPHA.of(name()), alpha));
    }
    LokrShape shape =
        new LokrShape(
            weight,
            Math.toIntExact(side(fullSmall ? LokrTensor.W1 : LokrTensor.W1_A, 0)),
            Math.toIntExact(side(fullSmall ? LokrTensor.W1 : LokrTensor.W1_B, 1)),
            fullSmall ? LokrShape.Block.FULL : LokrShape.Block.LOW_RANK,
            large,
            isWhole() ? 1 : form.rank(),
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
    requireKernel(shape.weight());
    for (ParameterSpec parameter : shape.parameters()) {
      Shape stored = tensors.get(parameter.suffix());
      if (!isSame(stored, parameter.shape())) {
        throw new IllegalArgumentException(
            "Invalid tensor %s: it makes a block of %s, and must one of %s for a weight of %s"
                .formatted(
                    source(LokrTensor.ofSuffix(parameter.suffix())),
                    stored,
                    parameter.shape(),
                    shape.weight()));
      }
    }
    if ((long) shape.l() * shape.k() != shape.weight().get(0)
        || (long) shape.m() * shape.n() != shape.weight().get(1)) {
      throw new IllegalArgumentException(
          "Invalid tensor %s: [%s, %s] (must divide a weight of %s)"
              .formatted(source(LokrTensor.W1), shape.l(), shape.m(), shape.weight()));
    }
  }

  /**
   * The sides of a kernel where the file's tensors have any: what lies in another order has as many
   * numbers.
   */
  private void requireKernel(Shape weight) {
    for (Part part : List.of(Part.DOWN, Part.HADA_W1_B)) {
      Shape stored = kind() == part.kind().orElseThrow() ? form.parts().shape(part) : new Shape();
      if (stored.dimension() > 2 && !has(LokrTensor.T2)) {
        Shape wanted = new Shape(stored.get(0)).addAll(weight.slice(1));
        if (!trimmed(stored).equals(trimmed(wanted))) {
          throw new IllegalArgumentException(
              "Invalid tensor %s: %s (must be %s for a weight of %s)"
                  .formatted(form.parts().info(part).name(), stored, wanted, weight));
        }
      }
    }
  }

  /** Kernels of one pixel are written with their sides or without; LoHa's kernels never. */
  private boolean isSame(Shape stored, Shape wanted) {
    if (kind() == LayerKind.LOHA && stored.dimension() == 2) {
      return stored.size() == wanted.size() && stored.get(0) == wanted.get(0);
    }
    return trimmed(stored).equals(trimmed(wanted));
  }

  private static Shape trimmed(Shape shape) {
    int sides = shape.dimension();
    while (sides > 1 && shape.get(sides - 1) == 1) {
      sides--;
    }
    return shape.slice(0, sides);
  }
}
