package io.kohaku.image;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A native library out of a jar as a file, unpacked once per machine and user instead of once per
 * JVM.
 *
 * <p>Several JVMs may unpack at once: each writes a file of its own and renames it over the common
 * name, so that what has the name is always whole.
 */
final class NativeFile {
  private NativeFile() {}

  /**
   * The folder for this library: below the one that the system property {@code kohaku.natives}
   * names, else a private one in the temporary folder.
   */
  static Path folder(String libraryAndVersion) {
    String named = System.getProperty("kohaku.natives");
    return named != null
        ? Path.of(named, libraryAndVersion)
        : Path.of(
            System.getProperty("java.io.tmpdir"),
            "kohaku-" + System.getProperty("user.name") + "-" + libraryAndVersion);
  }

  /** The resource as a file in this folder, unpacked unless it is there. */
  static Path unpacked(URL resource, Path folder) throws IOException {
    ensurePrivate(folder);
    String path = resource.getPath();
    Path library = folder.resolve(path.substring(path.lastIndexOf('/') + 1));
    if (Files.isRegularFile(library)
        && Files.size(library) == resource.openConnection().getContentLengthLong()) {
      return library;
    }
    Path own = Files.createTempFile(folder, "unpacking", null);
    try (InputStream in = resource.openStream()) {
      Files.copy(in, own, StandardCopyOption.REPLACE_EXISTING);
      Files.move(own, library, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(own);
    }
    return library;
  }

  /** A folder that only this user can write: a library that others could plant is not loaded. */
  private static void ensurePrivate(Path folder) throws IOException {
    if (folder.getParent() != null) {
      Files.createDirectories(folder.getParent());
    }
    boolean posix = Files.getFileStore(folder.getParent()).supportsFileAttributeView("posix");
    try {
      if (posix) {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectory(folder);
      }
    } catch (FileAlreadyExistsException e) {
      if (posix && !isPrivate(folder)) {
        throw new IOException(
            folder + " can be written by others (remove it, or name a folder by -Dkohaku.natives)",
            e);
      }
    }
  }

  private static boolean isPrivate(Path folder) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    String permissions = PosixFilePermissions.toString(attributes.permissions());
    if (!attributes.isDirectory() || permissions.charAt(4) == 'w' || permissions.charAt(7) == 'w') {
      return false;
    }
    Path ours = Files.createTempFile(folder, "owner", null);
    try {
      return Files.getOwner(ours).equals(attributes.owner());
    } finally {
      Files.delete(ours);
    }
  }
}
