package io.kohaku.image.decode;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.net.URL;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The functions of the native library Leptonica that are called, under their own names.
 *
 * <p>It is here for the libjpeg-turbo inside it, which has that library's vector code. Every
 * function may be called by several threads at once. The library knows nothing of a JVM, so what it
 * allocates is freed by {@link #pixDestroy} only.
 */
final class Leptonica {
  /** Version of the artifact, which names the folder it is unpacked to. */
  private static final String VERSION = "1.84.1";

  /** Leptonica's highest severity: it prints nothing. */
  private static final int SILENT = 6;

  private Leptonica() {}

  /**
   * Loads the library into this JVM, once.
   *
   * @throws Exception or {@link LinkageError} where it is not among the application's jars, cannot
   *     be unpacked, or does not run here
   */
  static void load() throws Exception {
    URL resource = Leptonica.class.getResource(resource());
    if (resource == null) {
      throw new IllegalStateException("Missing library: " + resource() + " in the leptonica jar");
    }
    Path library = NativeFile.unpacked(resource, NativeFile.folder("leptonica-" + VERSION));
    Native.register(Leptonica.class, NativeLibrary.getInstance(library.toString()));
    setMsgSeverity(SILENT);
  }

  private static String resource() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch").matches("aarch64|arm64") ? "arm64" : "x86_64";
    return system.startsWith("mac")
        ? "/org/bytedeco/leptonica/macosx-" + processor + "/libleptonica.6.dylib"
        : "/org/bytedeco/leptonica/linux-" + processor + "/libleptonica.so.6";
  }

  /**
   * Decodes a JPEG.
   *
   * @param colourMap 0: none
   * @param reduction 1, 2, 4 or 8
   * @param warnings gets the number of damages that were passed over
   * @param hint 0: colours, and an image in spite of warnings
   * @return an image, or null
   */
  static native Pointer pixReadMemJpeg(
      byte[] file, long length, int colourMap, int reduction, int[] warnings, int hint);

  /** Width and height in pixels, depth in bits per pixel: 32 for a colour image. */
  static native int pixGetDimensions(Pointer image, int[] width, int[] height, int[] depth);

  /** Pixels without gaps between the rows; red is the highest byte of a pixel's 32 bits. */
  static native Pointer pixGetData(Pointer image);

  /** Frees an image. */
  static native void pixDestroy(PointerByReference image);

  /** Sets from which severity on messages are printed. */
  static native int setMsgSeverity(int severity);
}
