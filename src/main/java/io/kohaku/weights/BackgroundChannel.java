package io.kohaku.weights;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Writes on a thread of its own, so that a disk is busy while the next numbers are computed.
 *
 * <p>What is written goes into one of two buffers while the other one is on its way out. An error
 * is thrown by a later call, {@link #close()} at the latest. The channel below stays the caller's.
 */
public final class BackgroundChannel implements WritableByteChannel {
  private static final int BUFFER = 8 << 20;

  private final WritableByteChannel out;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private ByteBuffer filling = ByteBuffer.allocateDirect(BUFFER);
  private ByteBuffer other = ByteBuffer.allocateDirect(BUFFER);
  private Future<?> leaving;
  private boolean broken;

  public BackgroundChannel(WritableByteChannel out) {
    this.out = out;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    while (bytes.hasRemaining()) {
      ByteBuffer fitting = bytes.slice();
      fitting.limit(Math.min(fitting.limit(), filling.remaining()));
      bytes.position(bytes.position() + fitting.limit());
      filling.put(fitting);
      if (!filling.hasRemaining()) {
        sendOff();
      }
    }
    return count;
  }

  private void sendOff() throws IOException {
    await();
    ByteBuffer full = filling.flip();
    leaving =
        thread.submit(
            () -> {
              while (full.hasRemaining()) {
                out.write(full);
              }
              return null;
            });
    filling = other.clear();
    other = full;
  }

  private void await() throws IOException {
    Future<?> awaited = leaving;
    leaving = null;
    try {
      if (awaited != null) {
        awaited.get();
      }
    } catch (InterruptedException e) {
      broken = true;
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Cannot write: interrupted");
    } catch (ExecutionException e) {
      broken = true;
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    }
  }

  @Override
  public boolean isOpen() {
    return !thread.isShutdown();
  }

  /** Returns when everything is written, or at once after an error. */
  @Override
  public void close() throws IOException {
    if (!isOpen()) {
      return;
    }
    try {
      if (!broken) {
        sendOff();
        await();
      }
    } finally {
      thread.shutdown();
    }
  }
}
