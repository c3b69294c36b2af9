package io.kohaku.files.local;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A folder of this machine that only this user can write, shared by the user's JVMs: what others
 * could plant is not loaded.
 */
public final class PrivateFolder {
  private PrivateFolder() {}

  /**
   * Where the folder lies: below the one that a system property names, else one of the user's own
   * in the temporary folder.
   */
  public static Path place(String property, String name) {
    String named = System.getProperty(property);
    return named != null
        ? Path.of(named, name)
        : Path.of(
            System.getProperty("java.io.tmpdir"),
            "kohaku-" + System.getProperty("user.name") + "-" + name);
  }

  /**
   * Makes this folder unless it is there.
   *
   * @param property the system property that names another, for the error
   * @throws IOException if others can write it
   */
  public static Path ensure(Path folder, String property) throws IOException {
    Files.createDirectories(folder.getParent());
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
            "%s can be written by others (remove it, or name a folder by -D%s)"
                .formatted(folder, property),
            e);
      }
    }
    return folder;
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
