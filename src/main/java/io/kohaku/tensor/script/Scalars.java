package io.kohaku.tensor.script;

import ai.djl.pytorch.jni.IValue;
import io.kohaku.ownership.Closer;
import java.util.Map;

/**
 * Named numbers as a kernel sees them ({@code Dict[str, float]}): made once, used at every call.
 */
public final class Scalars implements AutoCloseable {
  private final IValue value = Dicts.KERNELS.value("new_scalars");

  /** An empty dict. */
  public Scalars() {}

  /** A dict of {@code numbers}. */
  public Scalars(Map<String, Double> numbers) {
    try (Closer opening = new Closer()) {
      opening.add(value);
      numbers.forEach(this::put);
      opening.release();
    }
  }

  /** Puts or replaces one number. */
  public Scalars put(String name, double number) {
    Dicts.KERNELS.run("put_scalar", this, name, number);
    return this;
  }

  long handle() {
    return value.getHandle();
  }

  @Override
  public void close() {
    value.close();
  }
}
