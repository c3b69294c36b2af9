package io.kohaku.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;

/**
 * The tensors of one piece of work, usually a micro-batch: all that is made inside is freed at the
 * end, whichever manager it was attached to, except what was {@linkplain #keep kept}.
 *
 * <p>Opened and closed by one thread, in a try-with-resources statement.
 */
public final class MemoryScope implements AutoCloseable {
  private final NDManager manager;
  private final NDScope arrays;

  private MemoryScope(NDManager manager) {
    this.manager = manager;
    this.arrays = new NDScope();
  }

  /** A scope inside {@code parent}, on its device. */
  public static MemoryScope open(NDManager parent) {
    return new MemoryScope(parent.newSubManager());
  }

  /** The manager of what lives as long as this scope. */
  public NDManager manager() {
    return manager;
  }

  /** Lets {@code array} outlive this scope as a tensor of {@code owner}. */
  public NDArray keep(NDArray array, NDManager owner) {
    NDScope.unregister(array);
    array.attach(owner);
    return array;
  }

  @Override
  public void close() {
    try {
      arrays.close();
    } finally {
      manager.close();
    }
  }
}
