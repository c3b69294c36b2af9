package io.kohaku.sdxl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Tells the formats of checkpoints apart. */
final class CheckpointFormat {
  private static final Set<String> PICKLED = Set.of("ckpt", "pt", "pth", "bin", "pkl");

  private CheckpointFormat() {}

  /** Opens a whole checkpoint. */
  static TensorFiles open(Path path) {
    requireThere(path);
    requireNotPickled(path);
    return new SingleFile(path, "");
  }

  /** Opens a file with an autoencoder, under its own names or as part of a whole checkpoint. */
  static TensorFiles openVae(Path path) {
    requireThere(path);
    requireNotPickled(path);
    return new SingleFile(path, Network.VAE.prefix());
  }

  private static void requireThere(Path path) {
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("Missing checkpoint: " + path);
    }
  }

  private static void requireNotPickled(Path path) {
    String name = path.getFileName().toString();
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (PICKLED.contains(extension) || beginsLikePickle(path)) {
      throw new IllegalArgumentException(
          "Cannot load %s: it is pickled, and unpickling runs whatever code the file holds"
                  .formatted(path)
              + " (convert it to safetensors with a tool you trust, or download the safetensors file)");
    }
  }

  /** A zip archive as PyTorch writes it, or a bare pickle of protocol 2 to 5. */
  private static boolean beginsLikePickle(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] start = in.readNBytes(8);
      if (start.length < 8) {
        return false;
      }
      boolean zip = start[0] == 'P' && start[1] == 'K' && start[2] == 3 && start[3] == 4;
      boolean bare = start[0] == (byte) 0x80 && start[1] >= 2 && start[1] <= 5;
      boolean safetensors = start[4] == 0 && start[5] == 0 && start[6] == 0 && start[7] == 0;
      return zip || bare && !safetensors;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read %s: %s".formatted(path, e.getMessage()), e);
    }
  }
}
