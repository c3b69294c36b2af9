package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.script.Autograd;
import java.util.Arrays;
import java.util.Optional;

/** Runs segments without a graph and frees what is dropped. */
final class InferenceTape implements Tape {
  private final NDManager scope;

  InferenceTape(NDManager scope) {
    this.scope = scope;
  }

  @Override
  public Value leaf(NDArray array) {
    throw new IllegalStateException("Cannot collect a gradient: this tape only infers");
  }

  @Override
  public Value call(Segment segment, Value... inputs) {
    NDArray[] arrays = Arrays.stream(inputs).map(Value::array).toArray(NDArray[]::new);
    return new Value(Autograd.paused(() -> segment.run(scope, arrays)), false);
  }

  @Override
  public void drop(Value value) {
    value.array().close();
  }

  @Override
  public void backward(Value output, NDArray gradient) {
    throw new IllegalStateException("Cannot walk backward: this tape only infers");
  }

  @Override
  public Optional<NDArray> gradient(Value leaf) {
    return Optional.empty();
  }
}
