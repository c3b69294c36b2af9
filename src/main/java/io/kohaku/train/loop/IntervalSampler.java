package io.kohaku.train.loop;

import io.kohaku.settings.Settings;
import io.kohaku.train.model.AdaptedNetworks;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * Draws pictures in the middle of a run, on the first rank, while the other ranks wait.
 *
 * <p>What it draws with are the very networks that are trained, adapter and all. It runs on the
 * trainer's thread, records no graph and draws nothing from a global generator, so a run with
 * pictures ends with the same bits as one without.
 */
public interface IntervalSampler extends Closeable {
  /**
   * Draws one round of pictures.
   *
   * @param update updates done so far
   */
  void sample(long update) throws IOException;

  /** Opens a sampler on the executor of the first rank. */
  @FunctionalInterface
  interface Factory extends Serializable {
    /** For programs that draw nothing: refuses. */
    Factory NONE =
        (settings, folder, networks) -> {
          throw new IllegalArgumentException(
              "Invalid train.sample-every: %s (nothing here draws pictures; set it to 0)"
                  .formatted(settings.train().sampleEvery()));
        };

    /**
     * A sampler over networks that stay the caller's.
     *
     * @param settings of the whole run; section {@code sample} says what to draw
     * @param folder where pictures go; it may not exist, or hold those of an earlier attempt
     */
    IntervalSampler open(Settings settings, Path folder, AdaptedNetworks networks)
        throws IOException;
  }
}
