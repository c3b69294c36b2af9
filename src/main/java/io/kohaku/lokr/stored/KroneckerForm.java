package io.kohaku.lokr.stored;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.LokrTensor;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** LoKr itself, as it is. */
record KroneckerForm(LayerParts parts) implements LokrForm {
  KroneckerForm {
    requireOneOf(parts, Part.LOKR_W1, Part.LOKR_W1_A, Part.LOKR_W1_B);
    requireOneOf(parts, Part.LOKR_W2, Part.LOKR_W2_A, Part.LOKR_W2_B);
    parts.tensors().keySet().stream()
        .filter(part -> part.kind().isPresent())
        .forEach(part -> LokrForm.matrix(parts, part));
    requireProduct(parts, Part.LOKR_W1_A, 1, Part.LOKR_W1_B);
    if (parts.has(Part.LOKR_T2)) {
      long rank = LokrForm.core(parts, Part.LOKR_T2, parts.shape(Part.LOKR_T2).get(0)).get(0);
      LokrForm.requireRank(parts, Part.LOKR_W2_A, parts.shape(Part.LOKR_W2_A).get(0), rank);
      LokrForm.requireRank(parts, Part.LOKR_W2_B, parts.shape(Part.LOKR_W2_B).get(0), rank);
    } else {
      requireProduct(parts, Part.LOKR_W2_A, 1, Part.LOKR_W2_B);
    }
  }

  private static void requireOneOf(LayerParts parts, Part block, Part a, Part b) {
    boolean halves = parts.has(a) && parts.has(b);
    if (!parts.has(block) && !halves) {
      throw new IllegalArgumentException(
          "Missing tensor: %s.%s, or its parts _a and _b".formatted(parts.name(), block.suffix()));
    }
    if (parts.has(block) && (parts.has(a) || parts.has(b))) {
      throw new IllegalArgumentException(
          "Invalid layer %s: %s is there whole and in parts"
              .formatted(parts.name(), block.suffix()));
    }
  }

  private static void requireProduct(LayerParts parts, Part left, int side, Part right) {
    if (parts.has(left)) {
      long rank = parts.shape(right).get(0);
      LokrForm.requireRank(parts, left, parts.shape(left).get(side), rank);
    }
  }

  @Override
  public LayerKind kind() {
    return LayerKind.LOKR;
  }

  @Override
  public Map<LokrTensor, Shape> blocks() {
    Map<LokrTensor, Shape> blocks = new EnumMap<>(LokrTensor.class);
    Arrays.stream(LokrTensor.values())
        .filter(tensor -> tensor.isBlock() && parts.has(Part.of(tensor)))
        .forEach(tensor -> blocks.put(tensor, parts.shape(Part.of(tensor))));
    return blocks;
  }

  @Override
  public NDArray block(NDManager scope, Reader reader, LokrTensor block) {
    return reader.read(scope, parts.info(Part.of(block)).name());
  }

  @Override
  public List<Part> shown() {
    return blocks().keySet().stream().map(Part::of).toList();
  }

  @Override
  public long rank() {
    if (parts.has(Part.LOKR_W1) && parts.has(Part.LOKR_W2)) {
      return 0;
    }
    return parts.shape(parts.has(Part.LOKR_W2) ? Part.LOKR_W1_B : Part.LOKR_W2_B).get(0);
  }
}
