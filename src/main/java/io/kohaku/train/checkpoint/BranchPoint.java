package io.kohaku.train.checkpoint;

import io.kohaku.files.local.FolderTree;
import io.kohaku.files.local.WholeFile;
import io.kohaku.train.model.LayerModes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A checkpoint of one run that another begins from.
 *
 * @param checkpoint its folder
 * @param update updates that the run had done
 */
public record BranchPoint(Path checkpoint, long update) {
  /** The folder of a branch that keeps what it began from. */
  public static final String ORIGIN = "origin";

  /**
   * The good checkpoint that a text names.
   *
   * @param spec {@code <place>[@update]} on this machine, see {@link BranchPlace}
   * @throws IllegalArgumentException if there is none, or which one is meant is open
   */
  public static BranchPoint of(String spec) throws IOException {
    return at(BranchPlace.parse(spec).find());
  }

  /** What the branch in a run's folder began from, good or damaged, if it is one. */
  public static Optional<BranchPoint> copiedInto(Path runFolder) throws IOException {
    List<Path> copies = new CheckpointStore(runFolder.resolve(ORIGIN)).published();
    return copies.isEmpty() ? Optional.empty() : Optional.of(at(copies.get(0)));
  }

  private static BranchPoint at(Path checkpoint) {
    return new BranchPoint(checkpoint, CheckpointStore.step(checkpoint));
  }

  /** A digest of what the checkpoint holds; copies have the same. */
  public String digest() throws IOException {
    return CheckpointDigests.whole(checkpoint);
  }

  /**
   * Copies the checkpoint to {@code <runFolder>/origin/step-…}, whole or not at all, so that the
   * branch needs its origin no more. A good copy that is there stays.
   */
  public void copyInto(Path runFolder) throws IOException {
    Path origin = runFolder.resolve(ORIGIN);
    Optional<BranchPoint> there = copiedInto(runFolder);
    if (there.isPresent() && isSame(there.get())) {
      if (CheckpointDigests.damage(there.get().checkpoint).isEmpty()) {
        return;
      }
      FolderTree.remove(origin);
    } else if (there.isPresent()) {
      throw new IllegalArgumentException(
          "Cannot branch from %s: the run in %s began from another checkpoint, %s (remove that folder to begin anew)"
              .formatted(checkpoint, runFolder, there.get().checkpoint));
    }
    Path staging = runFolder.resolve(CheckpointStore.STAGING + ORIGIN + "-" + UUID.randomUUID());
    try {
      WholeFile.write(origin, staging, this::copy);
      WholeFile.force(runFolder);
    } catch (IOException | UncheckedIOException e) {
      throw new IOException(
          "Cannot copy checkpoint %s to %s: %s"
              .formatted(checkpoint, origin, CheckpointDigests.reason(e)),
          e);
    }
  }

  /** A copy whose digests cannot be read is a damaged one, of whatever. */
  private boolean isSame(BranchPoint copy) throws IOException {
    return copy.update == update
        && (!Files.exists(copy.checkpoint.resolve(CheckpointDigests.FILE))
            || copy.digest().equals(digest()));
  }

  /** With it goes how the run applied its layers, which has its say in the last bits. */
  private void copy(Path origin) throws IOException {
    Path target = Files.createDirectories(origin.resolve(checkpoint.getFileName()));
    try (Stream<Path> files = Files.list(checkpoint)) {
      for (Path file : files.toList()) {
        Path copied = Files.copy(file, target.resolve(file.getFileName()));
        WholeFile.force(copied);
      }
    }
    Optional<String> damage = CheckpointDigests.damage(target);
    if (damage.isPresent()) {
      throw new IOException(damage.get());
    }
    Path modes = checkpoint.resolveSibling(LayerModes.FILE);
    if (Files.exists(modes)) {
      Files.copy(modes, origin.resolve(LayerModes.FILE));
    }
  }
}
