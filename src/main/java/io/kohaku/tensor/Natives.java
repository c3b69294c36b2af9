package io.kohaku.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.util.Utils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Loads libtorch from the jars on the class path, never from the network, unpacked once per
 * machine.
 *
 * <p>The place is {@code ENGINE_CACHE_DIR}, else {@code DJL_CACHE_DIR} (environment or system
 * property), else DJL's folder in the home directory. Processes that start together wait for the
 * one that unpacks.
 */
public final class Natives {
  private static final String ENGINE = "PyTorch";

  private static boolean loaded;

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
