package io.kohaku.tensor.script;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A set of compiled kernels: functions of tensors, called by name, whose results can carry a graph.
 *
 * <p>Arguments may be {@link NDArray} ({@code Tensor}), a list of them ({@code List[Tensor]}),
 * {@code long}/{@code int} ({@code int}), {@code double}/{@code float} ({@code float}), {@code
 * boolean}, {@code String}, {@code long[]} ({@code List[int]}), {@code double[]} ({@code
 * List[float]}), {@link Dtype} (its number as {@code int}), {@code Device} ({@code str}), {@link
 * TensorDict} ({@code Dict[str, Tensor]}), {@link Scalars} ({@code Dict[str, float]}) or {@code
 * null} ({@code Optional}). Several threads may call at once.
 */
public final class TorchScript implements AutoCloseable {
  private final PtSymbolBlock module;
  private final Set<String> fused = ConcurrentHashMap.newKeySet();

  private TorchScript(PtSymbolBlock module) {
    this.module = module;
  }

  /**
   * Compiles the resource {@code fileName} beside {@code owner}, for as long as the process lives.
   */
  public static TorchScript shared(Class<?> owner, String fileName) {
    return load(Natives.manager(Device.cpu()), KernelSource.resource(owner, fileName));
  }

  /** Compiles {@code sources} together; closed with {@code manager} at the latest. */
  public static TorchScript load(NDManager manager, KernelSource... sources) {
    return load(manager, List.of(sources));
  }

  /** Compiles {@code sources} together; closed with {@code manager} at the latest. */
  public static TorchScript load(NDManager manager, List<KernelSource> sources) {
    Natives.load();
    byte[] archive = ScriptArchive.compose(sources);
    try {
      return new TorchScript(
          JniUtils.loadModule(
              (PtNDManager) manager, new ByteArrayInputStream(archive), false, false));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot compile kernels: " + e.getMessage(), e);
    }
  }

  /** Runs a kernel that returns one tensor, which then belongs to {@code scope}. */
  public NDArray tensor(NDManager scope, String kernel, Object... arguments) {
    return run(kernel, arguments, value -> value.toTensor((PtNDManager) scope));
  }

  /**
   * Runs a kernel that only computes a tensor from its arguments. Where the thread {@linkplain
   * Autograd#fuse() fuses}, libtorch looks at the kernel's first run and makes one kernel of its
   * neighbouring elementwise operations, on a GPU compiled for the shapes seen.
   *
   * <p>That first run is one more, without a graph: a run with a graph would have libtorch derive
   * the gradients of the whole kernel itself, which round differently, so that results would depend
   * on what a kernel had been called for first. What is rewritten is so for all threads.
   */
  public NDArray pure(NDManager scope, String kernel, Object... arguments) {
    if (!Autograd.fuses()) {
      return tensor(scope, kernel, arguments);
    }
    return Autograd.fused(
        () -> {
          if (!fused.contains(kernel)) {
            Autograd.paused(() -> value(kernel, arguments)).close();
            fused.add(kernel);
          }
          return tensor(scope, kernel, arguments);
        });
  }

  /**
   * Runs a kernel that returns a list or a tuple of tensors, which then belong to {@code scope}.
   */
  public NDList tensors(NDManager scope, String kernel, Object... arguments) {
    return run(kernel, arguments, value -> value.toNDList((PtNDManager) scope));
  }

  /** Runs a kernel that returns a {@code float}. */
  public double number(String kernel, Object... arguments) {
    return run(kernel, arguments, IValue::toDouble);
  }

  /** Runs a kernel that returns a {@code bool}. */
  public boolean test(String kernel, Object... arguments) {
    return run(kernel, arguments, IValue::toBoolean);
  }

  /** Runs a kernel that returns a {@code List[bool]}. */
  public boolean[] tests(String kernel, Object... arguments) {
    return run(kernel, arguments, IValue::toBooleanArray);
  }

  /** Runs a kernel for its effect on its arguments. */
  public void run(String kernel, Object... arguments) {
    run(kernel, arguments, value -> null);
  }

  /** Runs a kernel and keeps its result as it is, for instance a dict; the caller closes it. */
  IValue value(String kernel, Object... arguments) {
    try (Arguments converted = new Arguments(arguments)) {
      return PrivateDoor.run(module.getHandle(), kernel, converted.handles());
    }
  }

  private <T> T run(String kernel, Object[] arguments, Function<IValue, T> result) {
    try (IValue value = value(kernel, arguments)) {
      return result.apply(value);
    }
  }

  @Override
  public void close() {
    module.close();
  }
}
