package io.kohaku.train.data;

import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Makes values in order in a thread of its own, a few ahead of the one who takes them.
 *
 * @param <T> what is made
 */
public final class Prefetch<T> implements AutoCloseable {
  private final BlockingQueue<Made<T>> queue;
  private final Consumer<T> untaken;
  private final Thread thread;

  private record Made<T>(T value, Throwable failure) {}

  /**
   * Starts at once.
   *
   * @param ahead how many values wait at most
   * @param untaken is given what was made but never taken
   */
  public Prefetch(String name, int ahead, Iterator<Callable<T>> makers, Consumer<T> untaken) {
    this.queue = new ArrayBlockingQueue<>(ahead);
    this.untaken = untaken;
    this.thread = new Thread(() -> make(makers), name);
    thread.setDaemon(true);
    thread.start();
  }

  private void make(Iterator<Callable<T>> makers) {
    try {
      while (makers.hasNext()) {
        put(makers.next().call());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void put(T value) throws InterruptedException {
    try {
      queue.put(new Made<>(value, null));
    } catch (InterruptedException e) {
      untaken.accept(value);
      throw e;
    }
  }

  private void fail(Throwable failure) {
    try {
      queue.put(new Made<>(null, failure));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next value; a failure to make it is thrown here. */
  public T take() throws IOException, InterruptedException {
    Made<T> made = queue.take();
    if (made.failure() != null) {
      throw new IOException("Cannot read ahead: " + made.failure().getMessage(), made.failure());
    }
    return made.value();
  }

  /** Returns when nothing is being made any more; what makers read from may then be closed. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    for (Made<T> made = queue.poll(); made != null; made = queue.poll()) {
      if (made.failure() == null) {
        untaken.accept(made.value());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
