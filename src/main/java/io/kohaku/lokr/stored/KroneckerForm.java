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
  }

  private static void requireOneOf(LayerParts parts, Part block, Part a, Part b) {
    if (parts.has(block) == (parts.has(a) && parts.has(b))) {
      throw new IllegalArgumentException(
          "Missing tensor: %s.%s, or its parts _a and _b".formatted(parts.name(), block.suffix()));
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
