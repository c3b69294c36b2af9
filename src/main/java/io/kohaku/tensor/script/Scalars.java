package io.kohaku.tensor.script;

import ai.djl.pytorch.jni.IValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named numbers as a kernel sees them ({@code Dict[str, float]}): made once, used at every call.
 */
public final class Scalars implements AutoCloseable {
  private final IValue value = Dicts.kernels().value("new_scalars");
  private final Map<String, Double> numbers = new LinkedHashMap<>();

  /** An empty dict. */
  public Scalars() {}

  /** A dict of {@code numbers}. */
  public Scalars(Map<String, Double> numbers) {
    numbers.forEach(this::put);
  }

  /** Puts or replaces one number. */
  public Scalars put(String name, double number) {
    Dicts.kernels().run("put_scalar", this, name, number);
    numbers.put(name, number);
    return this;
  }

  /** The numbers as they stand. */
  Map<String, Double> numbers() {
    return Collections.unmodifiableMap(numbers);
  }

  long handle() {
    return value.getHandle();
  }

  @Override
  public void close() {
    value.close();
  }
}
