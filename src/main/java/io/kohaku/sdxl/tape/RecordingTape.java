package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.script.Autograd;
import java.util.Arrays;
import java.util.Optional;

/** Runs segments into one graph; dropped tensors live on as far as the graph needs them. */
final class RecordingTape implements Tape {
  private final NDManager scope;

  RecordingTape(NDManager scope) {
    this.scope = scope;
  }

  @Override
  public Value leaf(NDArray array) {
    return new Value(Autograd.leaf(scope, array), true);
  }

  @Override
  public Value call(Segment segment, Value... inputs) {
    NDArray[] arrays = Arrays.stream(inputs).map(Value::array).toArray(NDArray[]::new);
    return new Value(Autograd.recording(() -> segment.run(scope, arrays)), true);
  }

  @Override
  public void drop(Value value) {
    value.array().close();
  }

  @Override
  public void backward(Value output, NDArray gradient) {
    Autograd.backward(output.array(), gradient);
  }

  @Override
  public Optional<NDArray> gradient(Value leaf) {
    return Autograd.gradient(scope, leaf.array());
  }
}
