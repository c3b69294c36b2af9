package io.kohaku.device;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** NVIDIA's own program, the witness where the driver's library and files are not at hand. */
final class NvidiaSmi {
  private static final long PATIENCE_SECONDS = 20;

  private NvidiaSmi() {}

  /** Whether it is here and lists a GPU. */
  static boolean listsGpu() {
    try {
      Process process =
          new ProcessBuilder("nvidia-smi", "-L")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      String listed = new String(process.getInputStream().readAllBytes());
      return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && listed.startsWith("GPU ");
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
