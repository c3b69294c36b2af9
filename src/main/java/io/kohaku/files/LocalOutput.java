package io.kohaku.files;

import io.kohaku.files.local.FolderTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;

/**
 * A file or folder that a library writes on this machine, wherever it belongs.
 *
 * <p>For another file system than this machine's it is written beside the copies of {@link
 * LocalCopy} and then put there, each file in one go and under its own name: nothing is renamed
 * there, and nobody looks before a manifest names it.
 */
public final class LocalOutput {
  private LocalOutput() {}

  /**
   * Writes a file or folder of this machine.
   *
   * @param <T> what is known after it
   */
  public interface Writing<T> {
    /** Writes it; the folder around it is there. */
    T to(Path local) throws IOException;
  }

  /** Writes what belongs at {@code target}, a path or URI of any Hadoop file system. */
  public static <T> T write(String target, Configuration hadoop, Writing<T> writing)
      throws IOException {
    org.apache.hadoop.fs.Path to = NamedPath.of(target);
    FileSystem files = LocalCopy.fileSystem(to, hadoop);
    if (files instanceof LocalFileSystem) {
      Path local = Path.of(to.toUri().getPath());
      Files.createDirectories(local.getParent());
      return writing.to(local);
    }
    Path folder = Files.createTempDirectory(LocalCopy.folder(), "output-");
    try {
      Path local = folder.resolve(to.getName());
      T result = writing.to(local);
      put(local, files, to);
      return result;
    } finally {
      FolderTree.remove(folder);
    }
  }

  private static void put(Path local, FileSystem files, org.apache.hadoop.fs.Path to)
      throws IOException {
    List<Path> all;
    try (Stream<Path> tree = Files.walk(local)) {
      all = tree.filter(Files::isRegularFile).toList();
    }
    for (Path file : all) {
      String below = local.relativize(file).toString();
      org.apache.hadoop.fs.Path target =
          below.isEmpty() ? to : new org.apache.hadoop.fs.Path(to, below);
      try (OutputStream out = files.create(target, false)) {
        Files.copy(file, out);
      } catch (IOException e) {
        throw new IOException("Cannot write " + target + ": " + e.getMessage(), e);
      }
    }
  }
}
