package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.Autograd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Gradient checkpointing: keeps what enters each segment, and on the way back computes the segment
 * again with a graph and multiplies the incoming gradient through it.
 *
 * <p>Only segments that lie behind something trainable are remembered at all.
 */
final class CheckpointTape implements Tape {
  private final NDManager scope;
  private final List<Step> steps = new ArrayList<>();

  private record Step(Segment segment, Value[] inputs, Value output) {}

  CheckpointTape(NDManager scope) {
    this.scope = scope;
  }

  @Override
  public Value leaf(NDArray array) {
    return new Value(array, true);
  }

  @Override
  public Value call(Segment segment, Value... inputs) {
    NDArray[] arrays = Arrays.stream(inputs).map(Value::array).toArray(NDArray[]::new);
    NDArray result = Autograd.paused(() -> segment.run(scope, arrays));
    boolean trained = segment.trains() || Arrays.stream(inputs).anyMatch(Value::reachesLeaves);
    Value output = new Value(result, trained);
    if (trained) {
      steps.add(new Step(segment, inputs.clone(), output));
    }
    return output;
  }

  /** What enters a segment is needed again on the way back. */
  @Override
  public void drop(Value value) {}

  @Override
  public void backward(Value output, NDArray gradient) {
    backward(output, gradient, finished -> {});
  }

  @Override
  public void backward(Value output, NDArray gradient, Consumer<List<NDArray>> finished) {
    output.gradient(gradient);
    for (int i = steps.size() - 1; i >= 0; i--) {
      Step step = steps.remove(i);
      if (step.output().gradient() != null) {
        walk(step);
      }
      if (step.output() != output) {
        free(step.output());
      }
      if (steps.stream().noneMatch(earlier -> earlier.segment() == step.segment())) {
        finished.accept(step.segment().leaves());
      }
    }
  }

  @Override
  public Optional<NDArray> gradient(Value leaf) {
    return Optional.ofNullable(leaf.gradient());
  }

  private void walk(Step step) {
    try (MemoryScope inner = MemoryScope.open(scope)) {
      NDArray[] arrays = new NDArray[step.inputs().length];
      for (int i = 0; i < arrays.length; i++) {
        Value input = step.inputs()[i];
        arrays[i] =
            input.reachesLeaves() ? Autograd.leaf(inner.manager(), input.array()) : input.array();
      }
      NDArray again = Autograd.recording(() -> step.segment().run(inner.manager(), arrays));
      Autograd.backward(again, step.output().gradient());
      for (int i = 0; i < arrays.length; i++) {
        Value input = step.inputs()[i];
        if (input.reachesLeaves()) {
          Autograd.gradient(inner.manager(), arrays[i])
              .ifPresent(gradient -> add(step.segment(), input, gradient, inner));
        }
      }
    }
  }

  private void add(Segment segment, Value input, NDArray gradient, MemoryScope inner) {
    if (input.gradient() == null) {
      input.gradient(inner.keep(gradient, scope));
    } else {
      NDArray before = input.gradient();
      input.gradient(inner.keep(segment.sum(inner.manager(), before, gradient), scope));
      before.close();
    }
  }

  private static void free(Value value) {
    value.array().close();
    if (value.gradient() != null) {
      value.gradient().close();
      value.gradient(null);
    }
  }
}
