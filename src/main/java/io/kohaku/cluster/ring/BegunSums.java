package io.kohaku.cluster.ring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The sums that one rank has begun, made one after another in a thread of their own.
 *
 * <p>After one has failed, none is made any more.
 */
final class BegunSums implements AutoCloseable {
  private final Rank rank;
  private final ExecutorService thread;
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

  /** One of them. */
  interface Sum {
    void make() throws IOException;
  }

  /** None yet; the thread starts with the first. */
  BegunSums(Rank rank) {
    this.rank = rank;
    this.thread = Executors.newSingleThreadExecutor(this::daemon);
  }

  private Thread daemon(Runnable work) {
    Thread daemon = new Thread(work, "sums of " + rank);
    daemon.setDaemon(true);
    return daemon;
  }

  void add(Sum sum) {
    last =
        last.thenRunAsync(
            () -> {
              try {
                sum.make();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            thread);
  }

  /** Returns when all are made; the first failure is thrown here. */
  void await() throws IOException {
    try {
      last.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerException("Cannot sum over ranks: " + rank + " was interrupted");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof UncheckedIOException failure
          ? failure.getCause()
          : new IOException("Cannot sum over ranks: " + cause, cause);
    }
  }

  /** Breaks off; returns when nothing is being summed any more. */
  @Override
  public void close() {
    thread.shutdownNow();
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        thread.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
