package io.kohaku.train.checkpoint;

import io.kohaku.files.local.FolderTree;
import io.kohaku.files.local.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one run: a folder that every rank can read, one sub-folder for each.
 *
 * <p>A checkpoint is written under a name of its own, forced to the disk with the SHA-256 of each
 * file, and only then renamed to {@code step-…}. So a folder of that name is whole; should its
 * bytes rot later the digests tell, and the one before it is used.
 */
public final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);

  /** How the names of what is not whole yet begin. */
  static final String STAGING = ".staging-";

  private static final Pattern NAME = Pattern.compile("step-(\\d{9})");

  private final Path folder;
  private final int kept;

  /** Writes one file of a checkpoint. */
  @FunctionalInterface
  interface FileWriter {
    /** Writes the whole file; it does not exist yet. */
    void write(Path file) throws IOException;
  }

  /**
   * The store in this folder.
   *
   * @param kept how many of the newest checkpoints stay
   */
  public CheckpointStore(Path folder, int kept) {
    this.folder = folder;
    this.kept = kept;
  }

  /** The store in this folder for whoever reads it alone: all checkpoints stay. */
  public CheckpointStore(Path folder) {
    this(folder, Integer.MAX_VALUE);
  }

  /** Where the checkpoints lie. */
  Path folder() {
    return folder;
  }

  /** Where the checkpoint of this step lies once it is written. */
  public Path at(long step) {
    return folder.resolve(String.format(Locale.ROOT, "step-%09d", step));
  }

  /** Writes a checkpoint, publishes it and removes those that are too old. */
  Path write(long step, Map<String, FileWriter> files) throws IOException {
    Path target = at(step);
    Path staging = folder.resolve(STAGING + target.getFileName() + "-" + UUID.randomUUID());
    try {
      WholeFile.write(
          target,
          staging,
          unfinished -> {
            writeAll(files, unfinished);
            FolderTree.remove(target);
          });
      WholeFile.force(folder);
    } catch (IOException | UncheckedIOException e) {
      throw new IOException(
          "Cannot write checkpoint %s: %s (%s)"
              .formatted(target, CheckpointDigests.reason(e), advice()),
          e);
    }
    prune();
    return target;
  }

  private static void writeAll(Map<String, FileWriter> files, Path staging) throws IOException {
    Files.createDirectories(staging);
    for (Map.Entry<String, FileWriter> file : files.entrySet()) {
      Path path = staging.resolve(file.getKey());
      file.getValue().write(path);
      WholeFile.force(path);
    }
    CheckpointDigests.write(staging, files.keySet());
  }

  private String advice() throws IOException {
    List<Path> all = published();
    return all.isEmpty()
        ? "make room or give rights, and start again; nothing is saved yet"
        : "make room or give rights, and start again: training goes on from %s, which stays"
            .formatted(all.get(all.size() - 1).getFileName());
  }

  /** The newest checkpoint whose files are as they were written. */
  public Optional<Path> newest() throws IOException {
    List<Path> all = published();
    for (int i = all.size() - 1; i >= 0; i--) {
      Optional<String> damage = CheckpointDigests.damage(all.get(i));
      if (damage.isEmpty()) {
        return Optional.of(all.get(i));
      }
      LOG.warn("Damaged checkpoint {}: {}; the one before it is used", all.get(i), damage.get());
    }
    return Optional.empty();
  }

  /** Whether there is a checkpoint of this step, whole or not. */
  public boolean has(long step) {
    return Files.isDirectory(at(step));
  }

  /** The step of the newest checkpoint, whole or not, without reading it. */
  public OptionalLong last() throws IOException {
    return published().stream().mapToLong(CheckpointStore::step).max();
  }

  /** The checkpoint of this step, if it is there and its files are as they were written. */
  Optional<Path> good(long step) {
    Path checkpoint = at(step);
    return Files.isDirectory(checkpoint) && CheckpointDigests.damage(checkpoint).isEmpty()
        ? Optional.of(checkpoint)
        : Optional.empty();
  }

  /** Removes what an earlier run left half-written. */
  public void clean() throws IOException {
    for (Path path : children()) {
      if (path.getFileName().toString().startsWith(STAGING)) {
        FolderTree.remove(path);
      }
    }
  }

  /** Whether a folder has the name of a checkpoint. */
  static boolean isNamed(Path folder) {
    return NAME.matcher(folder.getFileName().toString()).matches();
  }

  /** The step of a published checkpoint. */
  public static long step(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().substring("step-".length()));
  }

  private void prune() throws IOException {
    List<Path> all = published();
    for (Path old : all.subList(0, Math.max(0, all.size() - kept))) {
      FolderTree.remove(old);
    }
  }

  /** The checkpoints in order of their steps, damaged ones too. */
  List<Path> published() throws IOException {
    List<Path> found = new ArrayList<>(children());
    found.removeIf(path -> !isNamed(path));
    found.sort(Comparator.comparingLong(CheckpointStore::step));
    return found;
  }

  private List<Path> children() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    }
  }
}
