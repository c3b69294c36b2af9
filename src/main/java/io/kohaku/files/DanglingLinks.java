package io.kohaku.files;

import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** Symbolic links of this machine that lead nowhere, which Hadoop leaves out of what it lists. */
public final class DanglingLinks {
  private DanglingLinks() {}

  /**
   * Makes sure that a folder holds none that count; hidden ones never do.
   *
   * @throws UnusableFileException naming the first
   */
  public static void refuse(FileSystem files, Path folder, Predicate<Path> counts)
      throws IOException {
    java.nio.file.Path local = java.nio.file.Path.of(folder.toUri().getPath());
    if (!(files instanceof LocalFileSystem) || !Files.isDirectory(local)) {
      return;
    }
    try (DirectoryStream<java.nio.file.Path> entries = Files.newDirectoryStream(local)) {
      for (java.nio.file.Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!name.startsWith(".")
            && Files.isSymbolicLink(entry)
            && !Files.exists(entry)
            && counts.test(new Path(folder, NamedPath.of(name)))) {
          throw new UnusableFileException(
              "Cannot read %s: it is a link to %s, which is not there (mount it, or remove the link)"
                  .formatted(entry, Files.readSymbolicLink(entry)));
        }
      }
    }
  }
}
