package io.kohaku.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import nu.pattern.OpenCV;
import org.opencv.core.Core;

/**
 * Loads OpenCV's native library, unpacked once per machine and user instead of once per JVM.
 *
 * <p>The folder is named by the system property {@code kohaku.natives}; else it lies in the
 * temporary folder. Several JVMs may unpack at once: each writes a file of its own and renames it
 * over the common name, so that what has the name is always whole.
 */
final class NativeOpenCv {
  private static boolean loaded;

  private NativeOpenCv() {}

  /** Loads the library into this JVM; later calls do nothing. */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    try {
      System.load(unpacked(folder()).toString());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot unpack OpenCV: " + e.getMessage(), e);
    }
    Core.setNumThreads(1); // One image is one thread's work; the pool is the parallelism.
    loaded = true;
  }

  /** The library as a file in this folder, unpacked unless it is there. */
  static Path unpacked(Path folder) throws IOException {
    String resource = resource();
    try (InputStream in = OpenCV.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("Missing library: " + resource + " in the openpnp jar");
      }
      ensurePrivate(folder);
      long length = OpenCV.class.getResource(resource).openConnection().getContentLengthLong();
      Path library = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
      if (Files.isRegularFile(library) && Files.size(library) == length) {
        return library;
      }
      Path own = Files.createTempFile(folder, "unpacking", null);
      try {
        Files.copy(in, own, StandardCopyOption.REPLACE_EXISTING);
        Files.move(own, library, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(own);
      }
      return library;
    }
  }

  private static Path folder() {
    String named = System.getProperty("kohaku.natives");
    return named != null
        ? Path.of(named, "opencv-" + Core.VERSION)
        : Path.of(
            System.getProperty("java.io.tmpdir"),
            "kohaku-" + System.getProperty("user.name") + "-opencv-" + Core.VERSION);
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

  private static String resource() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    boolean arm = System.getProperty("os.arch").matches("aarch64|arm64");
    if (system.startsWith("linux")) {
      return "/nu/pattern/opencv/linux/" + (arm ? "ARMv8" : "x86_64") + "/libopencv_java490.so";
    }
    if (system.startsWith("mac")) {
      return "/nu/pattern/opencv/osx/" + (arm ? "ARMv8" : "x86_64") + "/libopencv_java490.dylib";
    }
    return "/nu/pattern/opencv/windows/x86_64/opencv_java490.dll";
  }
}
