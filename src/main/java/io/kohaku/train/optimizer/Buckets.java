package io.kohaku.train.optimizer;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Consecutive parameters with a gradient, in pieces that one kernel call takes. */
final class Buckets {
  private static final long CPU_ELEMENTS = 1L << 18;
  private static final long GPU_ELEMENTS = 1L << 26;

  private Buckets() {}

  /** Gives the reached ones of {@code parameters} to {@code body}, a bucket at a time. */
  static void each(
      List<Parameter> parameters, Gradients gradients, Device device, Consumer<Bucket> body) {
    long limit = device.isGpu() ? GPU_ELEMENTS : CPU_ELEMENTS;
    Bucket bucket = new Bucket();
    long elements = 0;
    for (Parameter parameter : parameters) {
      NDArray gradient = gradients.of(parameter).orElse(null);
      if (gradient == null) {
        continue;
      }
      if (elements > 0 && elements + parameter.elements() > limit) {
        body.accept(bucket);
        bucket = new Bucket();
        elements = 0;
      }
      bucket.parameters.add(parameter);
      bucket.gradients.add(gradient);
      elements += parameter.elements();
    }
    if (elements > 0) {
      body.accept(bucket);
    }
  }

  /** Some parameters and their gradients. */
  static final class Bucket {
    private final List<Parameter> parameters = new ArrayList<>();
    private final NDList gradients = new NDList();

    NDList tensors() {
      return list(Parameter::tensor);
    }

    NDList gradients() {
      return gradients;
    }

    /** One tensor for each parameter. */
    NDList list(Function<Parameter, NDArray> tensor) {
      NDList list = new NDList(parameters.size());
      parameters.forEach(parameter -> list.add(tensor.apply(parameter)));
      return list;
    }
  }
}
