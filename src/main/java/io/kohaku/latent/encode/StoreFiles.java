package io.kohaku.latent.encode;

import io.kohaku.input.UnusableFileException;
import io.kohaku.latent.store.LatentStore;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Whether the store still has what it had when latents were published: its folder may be removed at
 * any time, and is filled again.
 */
public final class StoreFiles {
  /** The name in manifests of how many files the store had. */
  public static final String COUNT = "store-files";

  private StoreFiles() {}

  /** How many finished files there are. */
  public static long count(Path store, Configuration hadoop) throws IOException {
    return new LatentStore(hadoop, store.toString()).files().size();
  }

  /**
   * What is missing, if anything is; one listing of the folders tells.
   *
   * @param latents how many were published
   * @param counts of the manifest; an older one does not say how many files there were
   */
  public static Optional<String> missing(
      Path store, Configuration hadoop, long latents, Map<String, Long> counts) throws IOException {
    long before = counts.getOrDefault(COUNT, Math.min(1, latents));
    long there = count(store, hadoop);
    if (there >= before) {
      return Optional.empty();
    }
    return Optional.of(
        there == 0
            ? "the store of latents %s is missing".formatted(store)
            : "the store of latents %s has %s files of %s".formatted(store, there, before));
  }

  /**
   * Nothing may be missing for those who read the store.
   *
   * @throws UnusableFileException if something is
   */
  public static void require(Optional<String> missing) throws UnusableFileException {
    if (missing.isPresent()) {
      throw new UnusableFileException(
          "Cannot read latents: %s: run encode, which fills it again".formatted(missing.get()));
    }
  }
}
