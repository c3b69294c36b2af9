package io.kohaku.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The text of a small file of any Hadoop file system. */
public final class FileText {
  private FileText() {}

  /** The file's text in UTF-8, or nothing where there is no such file. */
  public static Optional<String> of(String location, Configuration hadoop) throws IOException {
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
