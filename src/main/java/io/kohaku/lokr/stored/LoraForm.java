package io.kohaku.lokr.stored;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.LokrTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * LoRA, and LoCon with or without a core: {@code w1 = 1}, {@code w2 = up · down}, with a core
 * {@code w2[k, n, …] = Σ mid[i, j, …] up[k, i] down[j, n]}.
 */
record LoraForm(LayerParts parts) implements LokrForm {
  LoraForm {
    LokrForm.matrix(parts, Part.DOWN);
    Shape up = LokrForm.matrix(parts, Part.UP);
    LokrForm.requireRank(parts, Part.UP, up.get(1), rank(parts));
    LokrForm.requireRank(parts, Part.UP, LokrForm.columns(up), rank(parts));
    if (parts.has(Part.MID)) {
      LokrForm.core(parts, Part.MID, rank(parts));
    }
  }

  private static long rank(LayerParts parts) {
    return parts.shape(Part.DOWN).get(0);
  }

  @Override
  public LayerKind kind() {
    return LayerKind.LORA;
  }

  @Override
  public Map<LokrTensor, Shape> blocks() {
    Shape one = new Shape(1, 1);
    long outputs = parts.shape(Part.UP).get(0);
    Shape right = new Shape(rank(), LokrForm.columns(parts.shape(Part.DOWN)));
    if (!parts.has(Part.MID)) {
      Shape left = new Shape(outputs, rank());
      return Map.of(LokrTensor.W1, one, LokrTensor.W2_A, left, LokrTensor.W2_B, right);
    }
    return Map.of(
        LokrTensor.W1,
        one,
        LokrTensor.T2,
        parts.shape(Part.MID),
        LokrTensor.W2_A,
        new Shape(rank(), outputs),
        LokrTensor.W2_B,
        right);
  }

  @Override
  public NDArray block(NDManager scope, Reader reader, LokrTensor block) {
    return switch (block) {
      case W1 -> LokrForm.number(scope, 1);
      case W2_A -> {
        NDArray up = read(scope, reader, Part.UP).reshape(-1, rank());
        yield parts.has(Part.MID) ? up.transpose() : up;
      }
      case W2_B -> read(scope, reader, Part.DOWN).reshape(rank(), -1);
      case T2 -> read(scope, reader, Part.MID);
      default -> throw new IllegalArgumentException("Unknown block: " + block + " of LoRA");
    };
  }

  private NDArray read(NDManager scope, Reader reader, Part part) {
    return reader.read(scope, parts.info(part).name());
  }

  @Override
  public List<Part> shown() {
    List<Part> shown = new ArrayList<>(List.of(Part.UP, Part.DOWN, Part.MID));
    shown.removeIf(part -> !parts.has(part));
    return shown;
  }

  @Override
  public long rank() {
    return rank(parts);
  }
}
