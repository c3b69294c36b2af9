package io.kohaku.latent.encode;

import io.kohaku.digest.Sha256;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.image.prepare.ImagePreparer;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.image.shard.ImageFetcher;
import io.kohaku.latent.table.WantedImage;
import io.kohaku.settings.LatentSettings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Reads, decodes and resizes images on a small pool while the caller encodes; hands them out in the
 * order given, at most a set number ahead.
 */
final class PreparedAhead implements AutoCloseable {
  /** One image after the pool's work. */
  sealed interface Result {
    /** Which image. */
    WantedImage image();

    /** Ready for the VAE. */
    record Ready(WantedImage image, PreparedImage pixels, String sha256) implements Result {}

    /** The bytes that the earlier latent was made from: nothing to do. */
    record Unchanged(WantedImage image) implements Result {}

    /** Left out. */
    record Rejected(WantedImage image, RejectReason reason, String detail) implements Result {}
  }

  private final ImageFetcher fetcher;
  private final ImagePreparer preparer;
  private final ExecutorService pool;
  private final int ahead;
  private final Iterator<WantedImage> rest;
  private final ArrayDeque<Future<Result>> running = new ArrayDeque<>();

  PreparedAhead(
      ImageFetcher fetcher,
      ImagePreparer preparer,
      LatentSettings settings,
      List<WantedImage> images) {
    this.fetcher = fetcher;
    this.preparer = preparer;
    this.pool = Executors.newFixedThreadPool(settings.decodeThreads());
    this.ahead = settings.prefetch();
    this.rest = images.iterator();
  }

  /** The next image, or null after the last. */
  Result next() throws IOException {
    while (rest.hasNext() && running.size() < ahead) {
      WantedImage image = rest.next();
      running.add(pool.submit(() -> prepare(image)));
    }
    return running.isEmpty() ? null : done(running.remove());
  }

  private static Result done(Future<Result> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while images were decoded");
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    }
  }

  private Result prepare(WantedImage image) throws IOException {
    try {
      byte[] bytes = fetcher.fetch(image.source());
      String sha256 = Sha256.of(bytes);
      if (image.earlier() != null && image.earlier().origin().sha256().equals(sha256)) {
        return new Result.Unchanged(image);
      }
      return new Result.Ready(image, preparer.prepare(bytes), sha256);
    } catch (ImageRejected e) {
      return new Result.Rejected(image, e.reason(), e.getMessage());
    } catch (IOException | RuntimeException e) {
      throw new IOException("Cannot prepare post " + image.id() + ": " + e.getMessage(), e);
    }
  }

  /** Stops the pool; its threads have ended when this returns, unless they hang for a minute. */
  @Override
  public void close() {
    pool.shutdownNow();
    boolean interrupted = Thread.interrupted(); // It would end the wait at once.
    try {
      if (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("Cannot stop the decoders: one still runs after a minute");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
