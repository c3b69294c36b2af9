package io.kohaku;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/** The golden vectors: files of {@code -Dgolden.dir}, else of the test resources. */
public final class Golden {
  private Golden() {}

  /** The file called {@code name}. */
  public static Path path(String name) {
    String folder = System.getProperty("golden.dir");
    if (folder != null && !folder.isBlank()) {
      Path file = Path.of(folder, name);
      if (!Files.isRegularFile(file)) {
        throw new IllegalStateException("Missing golden file: " + file);
      }
      return file;
    }
    return own(name);
  }

  /**
   * The file called {@code name} of the test resources, whatever {@code -Dgolden.dir} says: one
   * that a program of {@code bench/golden} made, or what such a one was made from.
   */
  public static Path own(String name) {
    URL resource = Golden.class.getResource("/golden/" + name);
    if (resource == null) {
      throw new IllegalStateException(
          "Missing golden file: /golden/" + name + " in the test resources");
    }
    try {
      return Path.of(resource.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot find golden file: " + resource, e);
    }
  }
}
