package io.kohaku.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.Utils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Loads libtorch from the jars on the class path or from an installed PyTorch, never from the
 * network, unpacked once per machine.
 *
 * <p>The place is {@code ENGINE_CACHE_DIR}, else {@code DJL_CACHE_DIR} (environment or system
 * property), else DJL's folder in the home directory. Processes that start together wait for the
 * one that unpacks.
 */
public final class Natives {
  private static final String ENGINE = "PyTorch";

  private static boolean loaded;
  private static String installed = "";

  private Natives() {}

  /** Loads libtorch, once per process. */
  public static synchronized void load() {
    if (!loaded) {
      System.setProperty("ai.djl.offline", "true");
      System.setProperty("OPT_OUT_TRACKING", "true");
      loadAlone(Utils.getEngineCacheDir());
      loaded = true;
    }
  }

  /**
   * Has the process load an installed libtorch in place of the jar's.
   *
   * @param folder which holds its libraries
   * @param version of PyTorch, for example {@code 2.7.1}
   * @param flavor which of the jar's JNI libraries enters it, for example {@code cu128}
   * @throws IllegalStateException if the process has loaded another one
   */
  public static synchronized void use(Path folder, String version, String flavor) {
    if (loaded && !installed.equals(folder.toString())) {
      throw new IllegalStateException(
          "Cannot use libtorch of %s: this process has loaded that of %s"
              .formatted(folder, LibUtils.getLibtorchPath()));
    }
    installed = folder.toString();
    System.setProperty("PYTORCH_LIBRARY_PATH", installed);
    System.setProperty("PYTORCH_VERSION", version);
    System.setProperty("PYTORCH_FLAVOR", flavor);
  }

  /** The folder of the libtorch that is loaded. */
  public static synchronized Path folder() {
    load();
    return Path.of(LibUtils.getLibtorchPath());
  }

  /** A manager of tensors on {@code device}, owned by the caller. */
  public static NDManager manager(Device device) {
    load();
    return NDManager.newBaseManager(device, ENGINE);
  }

  private static void loadAlone(Path cache) {
    try {
      Files.createDirectories(cache);
      try (FileChannel file =
              FileChannel.open(
                  cache.resolve("kohaku.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = file.lock()) {
        if (!lock.isValid()) {
          throw new IOException("lost the lock on " + cache);
        }
        Engine.getEngine(ENGINE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot unpack libtorch: "
              + e.getMessage()
              + " (set ENGINE_CACHE_DIR to a writable folder)",
          e);
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new IllegalStateException(
          "Cannot load libtorch: "
              + e.getMessage()
              + " (pytorch-jni and a pytorch-native jar must be on the class path; CUDA natives also"
              + " need libcudart.so of their version of CUDA or a newer one in LD_LIBRARY_PATH)",
          e);
    }
  }
}
