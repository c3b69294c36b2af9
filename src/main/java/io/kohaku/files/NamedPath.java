package io.kohaku.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A path as users write it: each letter stands for itself, also colon, brackets, braces, {@code #}
 * and {@code %}, and it is a URI only where a scheme and a slash begin it. {@link PathPattern}s are
 * for the settings that say so.
 */
public final class NamedPath {
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*", Pattern.DOTALL);

  private NamedPath() {}

  /** The path of this text, which must not be blank. */
  public static Path of(String text) {
    return URI.matcher(text).matches() ? new Path(text) : new Path(null, null, text);
  }

  /**
   * The file system as it reads what users hand in: on this machine without Hadoop's own files of
   * checksums, whose names cannot have a colon and which lie beside what Hadoop wrote alone.
   */
  public static FileSystem reading(FileSystem files) {
    return files instanceof LocalFileSystem local ? local.getRaw() : files;
  }

  /** Opens a file that users hand in. */
  public static FSDataInputStream open(Path file, Configuration hadoop) throws IOException {
    return reading(LocalCopy.fileSystem(file, hadoop)).open(file);
  }

  /** What is at this path, or nothing. */
  public static List<FileStatus> existing(FileSystem files, Path path) throws IOException {
    try {
      return List.of(files.getFileStatus(path));
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }
}
