package io.kohaku.image.decode;

import io.kohaku.files.local.PrivateFolder;
import io.kohaku.files.local.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A native library out of a jar as a file, unpacked once per machine and user instead of once per
 * JVM.
 *
 * <p>Several JVMs may unpack at once: each writes a {@link WholeFile} of its own.
 */
final class NativeFile {
  private static final String PROPERTY = "kohaku.natives";

  private NativeFile() {}

  /** The folder for this library, below the one that {@code -Dkohaku.natives} names if it does. */
  static Path folder(String libraryAndVersion) {
    return PrivateFolder.place(PROPERTY, libraryAndVersion);
  }

  /** The resource as a file in this folder, unpacked unless it is there. */
  static Path unpacked(URL resource, Path folder) throws IOException {
    PrivateFolder.ensure(folder, PROPERTY);
    String path = resource.getPath();
    Path library = folder.resolve(path.substring(path.lastIndexOf('/') + 1));
    if (Files.isRegularFile(library)
        && Files.size(library) == resource.openConnection().getContentLengthLong()) {
      return library;
    }
    WholeFile.write(
        library,
        unfinished -> {
          try (InputStream in = resource.openStream()) {
            Files.copy(in, unfinished);
          }
        });
    return library;
  }
}
