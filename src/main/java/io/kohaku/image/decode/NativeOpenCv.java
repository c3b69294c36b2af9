package io.kohaku.image.decode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Locale;
import nu.pattern.OpenCV;
import org.opencv.core.Core;

/** Loads OpenCV's native library. */
public final class NativeOpenCv {
  private static boolean loaded;

  private NativeOpenCv() {}

  /** Loads the library into this JVM; later calls do nothing. */
  public static synchronized void load() {
    if (loaded) {
      return;
    }
    try {
      System.load(unpacked(NativeFile.folder("opencv-" + Core.VERSION)).toString());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot unpack OpenCV: " + e.getMessage(), e);
    }
    Core.setNumThreads(1); // One image is one thread's work; the pool is the parallelism.
    loaded = true;
  }

  /** The library as a file in this folder, unpacked unless it is there. */
  static Path unpacked(Path folder) throws IOException {
    String resource = resource();
    URL library = OpenCV.class.getResource(resource);
    if (library == null) {
      throw new IOException("Missing library: " + resource + " in the openpnp jar");
    }
    return NativeFile.unpacked(library, folder);
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
