package io.kohaku.provenance;

import io.kohaku.digest.Sha256;
import io.kohaku.files.FilesBelow;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files under a path, or the one file at it, by relative path in alphabetical order. Markers
 * whose name begins with a dot or an underscore are not data and are left out.
 *
 * @param root the path
 * @param files the files found
 */
public record FileListing(Path root, List<FileStatus> files) {
  /** Copies and sorts. */
  public FileListing {
    files =
        files.stream()
            .sorted(Comparator.comparing((FileStatus status) -> status.getPath().toString()))
            .toList();
  }

  /** Lists recursively; a path that does not exist has no files. */
  public static FileListing under(FileSystem files, Path path) throws IOException {
    List<FileStatus> found = new ArrayList<>();
    Path root = files.makeQualified(path);
    try {
      for (FileStatus status : FilesBelow.of(files, root)) {
        if (isData(status.getPath().getName())) {
          found.add(status);
        }
      }
    } catch (FileNotFoundException e) {
      return new FileListing(root, List.of());
    }
    return new FileListing(root, found);
  }

  /** The sum of the sizes, in bytes. */
  long bytes() {
    return files.stream().mapToLong(FileStatus::getLen).sum();
  }

  /** Digest over each file's relative path, size and content. Reads everything. */
  String sha256(FileSystem system) throws IOException {
    List<String> lines = new ArrayList<>();
    for (FileStatus status : files) {
      try (InputStream in = system.open(status.getPath())) {
        lines.add(relative(status) + " " + status.getLen() + " " + Sha256.of(in));
      }
    }
    return Sha256.ofAll(lines);
  }

  /**
   * Digest over each file's relative path, size and time of change, for inputs too large to read.
   */
  public String quickDigest() {
    return Sha256.ofAll(
        files.stream()
            .map(s -> relative(s) + " " + s.getLen() + " " + s.getModificationTime())
            .toList());
  }

  /** Path of one of the files below the root; empty where the root is the file. */
  String relative(FileStatus status) {
    return root.toUri().relativize(status.getPath().toUri()).getPath();
  }

  private static boolean isData(String name) {
    return !name.startsWith(".") && !name.startsWith("_");
  }
}
