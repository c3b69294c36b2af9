package io.kohaku.tensor.script;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.kohaku.tensor.Natives;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gradients of the calling thread: when graphs are recorded, and walking them backward.
 *
 * <p>Whether a graph is recorded is a property of the thread; two threads may train at once. A
 * backward walk adds to the gradients of the leaves it reaches.
 */
public final class Autograd {
  private static final ThreadLocal<Boolean> FUSES = ThreadLocal.withInitial(() -> false);

  private Autograd() {}

  /**
   * Prepares the calling thread: no graphs until {@link #recording}, kernels run as written.
   *
   * <p>A new thread of libtorch records graphs and rewrites kernels after the shapes it has seen;
   * neither is wanted, so each thread that calls kernels calls this first.
   */
  public static void enterThread() {
    Natives.load();
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(false);
    FUSES.set(false);
  }

  /** Lets this thread's {@linkplain TorchScript#pure pure kernels} be rewritten from now on. */
  public static void fuse() {
    FUSES.set(true);
  }

  static boolean fuses() {
    return FUSES.get();
  }

  /** What {@code body} returns, its kernels rewritten after the shapes that they have seen. */
  static <T> T fused(Supplier<T> body) {
    JniUtils.setGraphExecutorOptimize(true);
    try {
      return body.get();
    } finally {
      JniUtils.setGraphExecutorOptimize(false);
    }
  }

  /** What {@code body} returns, run while graphs are recorded. */
  public static <T> T recording(Supplier<T> body) {
    return within(true, body);
  }

  /** What {@code body} returns, run while no graphs are recorded. */
  public static <T> T paused(Supplier<T> body) {
    return within(false, body);
  }

  /**
   * The vector-Jacobian product: adds {@code gradient}·∂output/∂leaf to every leaf's gradient and
   * frees the graph. Both have the same shape.
   */
  public static void backward(NDArray output, NDArray gradient) {
    JniUtils.backward((PtNDArray) output, (PtNDArray) gradient, false, false);
  }

  /**
   * A leaf on the memory of {@code x}, without graph, that collects a gradient; of {@code scope}.
   */
  public static NDArray leaf(NDManager scope, NDArray x) {
    NDArray leaf = Kernels.SHARED.tensor(scope, "detached", x);
    leaf.setRequiresGradient(true);
    return leaf;
  }

  /**
   * The gradient that {@code leaf} has collected, as a tensor of {@code scope}; none if unreached.
   */
  public static Optional<NDArray> gradient(NDManager scope, NDArray leaf) {
    if (!Kernels.SHARED.test("has_gradient", leaf)) {
      return Optional.empty();
    }
    NDArray gradient = leaf.getGradient();
    gradient.attach(scope);
    return Optional.of(gradient);
  }

  /** Which of {@code leaves} have collected a gradient; waits for no device. */
  public static boolean[] reached(NDList leaves) {
    return Kernels.SHARED.tests("reached", leaves);
  }

  /** Sets collected gradients to zero in place; unreached leaves stay without one. */
  public static void zero(Iterable<NDArray> leaves) {
    for (NDArray leaf : leaves) {
      JniUtils.zeroGrad((PtNDArray) leaf);
    }
  }

  /** Compiled at the first use, after libtorch was loaded. */
  private static final class Kernels {
    private static final TorchScript SHARED = TorchScript.shared(Autograd.class, "autograd.torch");
  }

  private static <T> T within(boolean record, Supplier<T> body) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(record);
    try {
      return body.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }
}
