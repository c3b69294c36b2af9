package io.kohaku.lokr.stored;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.LokrTensor;
import java.util.List;
import java.util.Map;

/** The difference of a weight as it is: {@code w1 = 1}, {@code w2 = diff}, without alpha. */
record DifferenceForm(LayerParts parts) implements LokrForm {
  DifferenceForm {
    LokrForm.matrix(parts, Part.DIFF);
  }

  @Override
  public LayerKind kind() {
    return LayerKind.FULL;
  }

  @Override
  public Map<LokrTensor, Shape> blocks() {
    return Map.of(LokrTensor.W1, new Shape(1, 1), LokrTensor.W2, parts.shape(Part.DIFF));
  }

  @Override
  public NDArray block(NDManager scope, Reader reader, LokrTensor block) {
    return block == LokrTensor.W1
        ? LokrForm.number(scope, 1)
        : reader.read(scope, parts.info(Part.DIFF).name());
  }

  @Override
  public List<Part> shown() {
    return List.of(Part.DIFF);
  }

  @Override
  public long rank() {
    return 0;
  }
}
