package io.kohaku.lokr.stored;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.LokrTensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A stored layer told in LoKr's blocks. */
public sealed interface LokrForm permits KroneckerForm, LoraForm, HadamardForm, DifferenceForm {
  /** Reads a tensor of the file as float32. */
  interface Reader {
    NDArray read(NDManager scope, String name);
  }

  /** The layer's blocks, if the file has any of it. */
  static Optional<LokrForm> of(LayerParts parts, Optional<Double> alpha) {
    Optional<LokrForm> form = parts.kind().map(kind -> of(kind, parts, alpha));
    Set<Part> read = EnumSet.noneOf(Part.class);
    form.ifPresent(
        blocks -> {
          read.addAll(blocks.shown());
          if (blocks.kind() != LayerKind.FULL) {
            read.add(Part.SCALAR);
            read.add(parts.has(Part.MAGNITUDE) ? Part.MAGNITUDE : Part.OUTPUT_MAGNITUDE);
          }
        });
    parts.requireOnly(read);
    return form;
  }

  private static LokrForm of(LayerKind kind, LayerParts parts, Optional<Double> alpha) {
    return switch (kind) {
      case LOKR -> new KroneckerForm(parts);
      case LORA -> new LoraForm(parts);
      case LOHA -> new HadamardForm(parts, alpha);
      case FULL -> new DifferenceForm(parts);
    };
  }

  /** What the file has of the layer. */
  LayerParts parts();

  /** What kind of layer it is in the file. */
  LayerKind kind();

  /**
   * The shapes of the blocks. Where the file does not tell a kernel's sides, its columns and they
   * are one dimension.
   */
  Map<LokrTensor, Shape> blocks();

  /** The values of a block, float32, in that shape. */
  NDArray block(NDManager scope, Reader reader, LokrTensor block);

  /** The file's tensors that people know the small and the large block by, for reports. */
  List<Part> shown();

  /** The rank of a decomposed layer, as alpha is divided by it; 0 for a whole one. */
  long rank();

  /** The number 1, or whatever scales the large block, as a block. */
  static NDArray number(NDManager scope, double number) {
    return scope.create(new float[] {(float) number}, new Shape(1, 1));
  }

  /** The product of all sides of a tensor but the first. */
  static long columns(Shape shape) {
    return shape.slice(1).size();
  }

  /** Refuses tensors without rows and columns. */
  static Shape matrix(LayerParts parts, Part part) {
    Shape shape = parts.shape(part);
    if (shape.size() < 1 || shape.dimension() < 2) {
      throw new IllegalArgumentException(
          "Invalid tensor %s: %s (must have rows and columns, none of them empty)"
              .formatted(parts.info(part).name(), shape));
    }
    return shape;
  }

  /** Refuses cores that are not {@code [rank, rank, height, width]}. */
  static Shape core(LayerParts parts, Part part, long rank) {
    Shape shape = parts.shape(part);
    if (shape.dimension() != 4 || shape.get(0) != rank || shape.get(1) != rank) {
      throw new IllegalArgumentException(
          "Invalid tensor %s: %s (must be [%s, %<s, height, width])"
              .formatted(parts.info(part).name(), shape, rank));
    }
    return shape;
  }

  /** Refuses tensors that cannot be multiplied. */
  static void requireRank(LayerParts parts, Part part, long found, long rank) {
    if (found != rank) {
      throw new IllegalArgumentException(
          "Invalid tensor %s: %s (the rank of the other parts is %s)"
              .formatted(parts.info(part).name(), parts.shape(part), rank));
    }
  }
}
