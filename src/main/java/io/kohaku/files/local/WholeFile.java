package io.kohaku.files.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file or folder that gets its name when it is whole: it is written beside, under a name that
 * nobody reads, and then renamed in one step.
 */
public final class WholeFile {
  private WholeFile() {}

  /** What is written. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it at a path where nothing lies yet. */
    void writeTo(Path unfinished) throws IOException;
  }

  /** Writes {@code target}, in place of a file that has the name. */
  public static void write(Path target, Content content) throws IOException {
    String name = "." + target.getFileName() + "." + UUID.randomUUID() + ".part";
    write(target, target.resolveSibling(name), content);
  }

  /**
   * Writes {@code target} under a name that its reader knows as unfinished.
   *
   * @param unfinished on the same file system; what could not be finished is removed
   */
  public static void write(Path target, Path unfinished, Content content) throws IOException {
    try {
      content.writeTo(unfinished);
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException | Error e) {
      try {
        FolderTree.remove(unfinished);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /** Returns when a file, or the names in a folder, are on the disk. */
  public static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
