package io.kohaku.cluster;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Delays the end of this process until the work in it has come to a good end.
 *
 * <p>While it is open, a process that is asked to end (SIGTERM, SIGINT) first runs the request
 * given here and then waits for {@link #close}, at most the grace time. It registers with Hadoop's
 * shutdown order, as Spark does, and before Spark: a plain JVM hook would run beside Spark's, which
 * tears the context down under the tasks.
 */
final class StopSignal implements AutoCloseable {
  /** Above Spark's own hook, which sits at Hadoop's file system priority 10 plus 30. */
  private static final int BEFORE_SPARK = 100;

  private final AtomicBoolean requested = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Runnable hook;

  StopSignal(Duration grace, Runnable request) {
    this.hook = () -> stop(grace, request);
    ShutdownHookManager.get()
        .addShutdownHook(hook, BEFORE_SPARK, grace.toSeconds() + 1, TimeUnit.SECONDS);
  }

  private void stop(Duration grace, Runnable request) {
    requested.set(true);
    request.run();
    try {
      ended.await(grace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether this process was asked to end. */
  boolean requested() {
    return requested.get();
  }

  @Override
  public void close() {
    ended.countDown();
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
  }
}
