package io.kohaku.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The text of a small file of any Hadoop file system. */
public final class FileText {
  private FileText() {}

  /**
   * The file's text in UTF-8, or nothing where there is no such file. A path without a scheme that
   * the default file system has not may be one of this machine.
   */
  public static Optional<String> of(String location, Configuration hadoop) throws IOException {
    Optional<String> text = there(location, hadoop);
    boolean here = text.isEmpty() && !NamedPath.of(location).toUri().isAbsolute();
    return here ? onThisMachine(location) : text;
  }

  private static Optional<String> onThisMachine(String location) throws IOException {
    java.nio.file.Path file = java.nio.file.Path.of(location);
    return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
  }

  private static Optional<String> there(String location, Configuration hadoop) throws IOException {
    Path file = NamedPath.of(location);
    try (InputStream in = NamedPath.open(file, hadoop)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      if (LocalCopy.fileSystem(file, hadoop).exists(file)) {
        throw new IOException("it is a folder (name a file in it)", e);
      }
      return Optional.empty();
    }
  }
}
