package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.script.Autograd;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs segments and decides what is remembered of them for the backward walk.
 *
 * <p>The networks are written against this interface and so serve inference, plain training and
 * gradient checkpointing alike:
 *
 * <pre>{@code
 * Tape tape = Tape.checkpointed(scope);
 * Value epsilon = sdxl.predict(tape, latents, timesteps, conditioning);
 * NDArray gradient = …                          // ∂loss/∂epsilon
 * tape.backward(epsilon, gradient);             // the adapters' leaves have their gradients
 * }</pre>
 *
 * <p>A tape serves one forward and at most one backward walk, by one thread that has entered {@link
 * Autograd#enterThread()}; its tensors belong to the scope it was made with.
 */
public interface Tape {
  /** Remembers nothing: the least memory, no gradients. */
  static Tape inference(NDManager scope) {
    return new InferenceTape(scope);
  }

  /** Records the whole graph: the fastest backward walk and the most memory. */
  static Tape recording(NDManager scope) {
    return new RecordingTape(scope);
  }

  /**
   * Keeps only what enters each segment and computes the segment again on the way back: gradient
   * checkpointing. Gradients are those of {@link #recording} to the last bit on a CPU.
   */
  static Tape checkpointed(NDManager scope) {
    return new CheckpointTape(scope);
  }

  /**
   * Infers, and fails at the first segment that gives numbers which are none. It waits for each, so
   * it is for finding out where something went wrong.
   *
   * @see io.kohaku.number.WorthlessResultException
   */
  static Tape seeking(NDManager scope) {
    return new SeekingTape(scope);
  }

  /** A tensor that needs no gradient. */
  default Value input(NDArray array) {
    return new Value(array, false);
  }

  /** A tensor whose gradient is wanted, see {@link #gradient}. */
  Value leaf(NDArray array);

  /** Runs {@code segment}. */
  Value call(Segment segment, Value... inputs);

  /** Says that the forward walk needs {@code value} no more. */
  void drop(Value value);

  /**
   * Walks back from {@code output}, adding to the gradients of all leaves before it.
   *
   * @param gradient gradient of the loss by {@code output}, of its shape and dtype
   */
  void backward(Value output, NDArray gradient);

  /**
   * The same, telling on the way of what is done.
   *
   * @param finished hears of the leaves attached to a segment once this walk adds no more to their
   *     gradients; of none where the walk is one step
   */
  default void backward(Value output, NDArray gradient, Consumer<List<NDArray>> finished) {
    backward(output, gradient);
  }

  /** The gradient of a {@link #leaf}, if the walk has reached it. */
  Optional<NDArray> gradient(Value leaf);
}
