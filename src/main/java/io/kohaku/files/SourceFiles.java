package io.kohaku.files;

import io.kohaku.digest.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of one location, as they are now.
 *
 * @param files where they lie
 * @param root the file, or the folder that they lie below
 * @param entries the files, ordered by their paths
 */
record SourceFiles(FileSystem files, Path root, List<File> entries) {

  /**
   * One file.
   *
   * @param relative its path from the root's parent on: it begins with the root's name
   * @param status its length and time of change
   */
  record File(String relative, FileStatus status) {}

  /** The files of this location. */
  static SourceFiles under(FileSystem files, Path root) throws IOException {
    List<File> entries = new ArrayList<>();
    FileStatus status = files.getFileStatus(root);
    if (status.isFile()) {
      entries.add(new File(root.getName(), status));
    } else {
      String folder = root.toUri().getPath();
      for (FileStatus file : FilesBelow.of(files, root)) {
        String below = file.getPath().toUri().getPath().substring(folder.length());
        entries.add(new File(root.getName() + below, file));
      }
      entries.sort(Comparator.comparing(File::relative));
    }
    return new SourceFiles(files, root, entries);
  }

  /** All lengths together. */
  long bytes() {
    return entries.stream().mapToLong(entry -> entry.status().getLen()).sum();
  }

  /** A name for this version of the files: 32 hexadecimal digits. */
  String key() {
    StringBuilder text = new StringBuilder(root.toString());
    entries.forEach(entry -> text.append('\n').append(version(entry)));
    return Sha256.of(text.toString()).substring(0, 32);
  }

  private static String version(File entry) {
    FileStatus status = entry.status();
    String tag = status instanceof EtagSource tagged ? tagged.getEtag() : "";
    return "%s %s %s %s"
        .formatted(entry.relative(), status.getLen(), status.getModificationTime(), tag);
  }
}
