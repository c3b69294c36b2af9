package io.kohaku.tensor.script;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.IValue;
import io.kohaku.ownership.Closer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Named tensors as a kernel sees them ({@code Dict[str, Tensor]}): made once, used at every call.
 *
 * <p>Tensors may be changed in place, and entries put or removed between calls. The dict holds the
 * Java arrays too, so that mapped memory stays; it does not own or close them.
 */
public final class TensorDict implements AutoCloseable {
  private final IValue value = Dicts.KERNELS.value("new_tensors");
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();

  /** An empty dict. */
  public TensorDict() {}

  /** A dict of {@code tensors}. */
  public TensorDict(Map<String, NDArray> tensors) {
    try (Closer opening = new Closer()) {
      opening.add(value);
      tensors.forEach(this::put);
      opening.release();
    }
  }

  /** Puts or replaces one tensor. */
  public TensorDict put(String name, NDArray tensor) {
    Dicts.KERNELS.run("put_tensor", this, name, tensor);
    tensors.put(name, tensor);
    return this;
  }

  /** The tensor called {@code name}. */
  public NDArray tensor(String name) {
    NDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "Unknown tensor: %s (one of %s)".formatted(name, tensors.keySet()));
    }
    return tensor;
  }

  /** The names of all tensors. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /** Whether there is a tensor called {@code name}. */
  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  long handle() {
    return value.getHandle();
  }

  /** Frees the dict; the tensors live on. */
  @Override
  public void close() {
    value.close();
    tensors.clear();
  }
}
