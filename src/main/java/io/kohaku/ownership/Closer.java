package io.kohaku.ownership;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Resources that are closed together: the last opened first, and all of them even where closing one
 * fails.
 *
 * <p>What opens several for someone else begins with a closer and ends by releasing it, so that a
 * failure on the way leaves nothing open:
 *
 * <pre>{@code
 * try (Closer opening = new Closer()) {
 *   Weights weights = opening.add(Weights.open(file));
 *   Kernels kernels = opening.add(Kernels.load(weights));
 *   return new Network(weights, kernels, opening.release());
 * }
 * }</pre>
 */
public class Closer implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Takes charge of a resource. */
  public <T extends AutoCloseable> T add(T resource) {
    open.push(resource);
    return resource;
  }

  /** Hands over all that is open: from now on the closer that is returned is in charge of it. */
  public Closer release() {
    Closer heir = new Closer();
    heir.open.addAll(open);
    open.clear();
    return heir;
  }

  /** Closes these, which were opened in this order. */
  public static void close(List<? extends AutoCloseable> opened) {
    try (Closer closer = new Closer()) {
      opened.forEach(closer::add);
    }
  }

  /**
   * Closes all that is open, the last opened first.
   *
   * @throws UncheckedIOException with the first failure, if that was one of reading or writing;
   *     further failures are suppressed in it
   */
  @Override
  public void close() {
    Throwable first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Throwable e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw unchecked(first);
    }
  }

  private static RuntimeException unchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof RuntimeException unchecked) {
      return unchecked;
    }
    return failure instanceof IOException io
        ? new UncheckedIOException(io.getMessage(), io)
        : new IllegalStateException("Cannot close: " + failure.getMessage(), failure);
  }
}
