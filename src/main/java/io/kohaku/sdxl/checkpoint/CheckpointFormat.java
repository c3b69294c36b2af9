package io.kohaku.sdxl.checkpoint;

import io.kohaku.input.UnusableFileException;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.checkpoint.StoredTensor.Form;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.tensor.file.SafeTensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Tells the formats of checkpoints apart and opens them. */
final class CheckpointFormat {
  private static final Set<String> PICKLED = Set.of("ckpt", "pt", "pth", "bin", "pkl");

  private static final String PROJECTION = Network.TE2.prefix() + "text_projection";

  /** The same as the weight of a linear layer, as some programs write it. */
  private static final String LINEAR = PROJECTION + ".weight";

  private CheckpointFormat() {}

  /** Opens a whole checkpoint: a single file, or a folder in Diffusers' layout. */
  static TensorFiles open(Path path) {
    requireThere(path);
    if (Files.isDirectory(path)) {
      return DiffusersFolder.open(path);
    }
    requireNotPickled(path);
    try (Closer opening = new Closer()) {
      TensorFiles files = opening.add(new TensorFiles(path));
      SafeTensors file = files.open(path);
      Set<String> names = file.tensors().keySet();
      for (String name : names) {
        if (name.equals(LINEAR) && !names.contains(PROJECTION)) {
          files.put(PROJECTION, StoredTensor.as(Form.TRANSPOSED, file, name));
        } else {
          files.put(name, StoredTensor.as(Form.AS_STORED, file, name));
        }
      }
      opening.release();
      return files;
    }
  }

  /**
   * Opens an autoencoder: that of a whole checkpoint, or a file with nothing else in it under SGM's
   * or Diffusers' names.
   */
  static TensorFiles openVae(Path path) {
    requireThere(path);
    if (Files.isDirectory(path)) {
      return DiffusersFolder.openVae(path);
    }
    requireNotPickled(path);
    try (Closer opening = new Closer()) {
      TensorFiles files = opening.add(new TensorFiles(path));
      addVae(files, files.open(path));
      opening.release();
      return files;
    }
  }

  private static void addVae(TensorFiles files, SafeTensors file) {
    String prefix = Network.VAE.prefix();
    Set<String> names = file.tensors().keySet();
    if (names.stream().anyMatch(name -> name.startsWith("encoder.down_blocks."))) {
      DiffusersFolder.vae(files, List.of(file));
      return;
    }
    boolean whole = names.stream().anyMatch(name -> name.startsWith(prefix));
    for (String name : names) {
      if (!whole || name.startsWith(prefix)) {
        files.put(whole ? name : prefix + name, StoredTensor.as(Form.AS_STORED, file, name));
      }
    }
  }

  static UnusableFileException pickled(Path path) {
    return new UnusableFileException(
        "Cannot load %s: it is pickled, and unpickling runs whatever code the file holds"
                .formatted(path)
            + " (convert it to safetensors with a tool you trust, or download the safetensors file)");
  }

  private static void requireThere(Path path) {
    if (!Files.exists(path)) {
      throw new UnusableFileException("Missing checkpoint: " + path);
    }
  }

  private static void requireNotPickled(Path path) {
    String name = path.getFileName().toString();
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (PICKLED.contains(extension) || beginsLikePickle(path)) {
      throw pickled(path);
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
