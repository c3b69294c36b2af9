package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.number.WorthlessResultException;
import java.util.Optional;

/** Infers and looks at what comes out of each segment, until numbers are none. */
final class SeekingTape implements Tape {
  private final Tape inference;

  SeekingTape(NDManager scope) {
    this.inference = Tape.inference(scope);
  }

  @Override
  public Value leaf(NDArray array) {
    return inference.leaf(array);
  }

  @Override
  public Value call(Segment segment, Value... inputs) {
    Value output = inference.call(segment, inputs);
    if (!Finite.all(output.array())) {
      throw new WorthlessResultException(segment.blame());
    }
    return output;
  }

  @Override
  public void drop(Value value) {
    inference.drop(value);
  }

  @Override
  public void backward(Value output, NDArray gradient) {
    inference.backward(output, gradient);
  }

  @Override
  public Optional<NDArray> gradient(Value leaf) {
    return inference.gradient(leaf);
  }
}
