package io.kohaku.sdxl.checkpoint;

import io.kohaku.input.Appearance;
import io.kohaku.input.UnusableFileException;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.checkpoint.StoredTensor.Form;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.tensor.file.SafeTensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells the formats of checkpoints apart and opens them. */
final class CheckpointFormat {
  private static final Set<String> PICKLED = Set.of("ckpt", "pt", "pth", "bin", "pkl");

  private static final Pattern AUTOENCODER =
      Pattern.compile("(?:first_stage_model\\.)?(?:encoder|decoder)\\..*");

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
    requireAutoencoder(files.name(), file);
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

  /** Other models' autoencoders pass only where nothing tells them from SDXL's. */
  private static void requireAutoencoder(String name, SafeTensors file) {
    Set<String> names = file.tensors().keySet();
    boolean there = names.stream().anyMatch(AUTOENCODER.asMatchPredicate());
    if (!there || names.stream().anyMatch(tensor -> tensor.startsWith("cond_stage_model."))) {
      Map<String, long[]> shapes = new LinkedHashMap<>();
      file.tensors().forEach((tensor, info) -> shapes.put(tensor, info.shape()));
      SdxlLayout.refuseOther(name, shapes);
    }
    if (!there) {
      throw new UnusableFileException(
          "Cannot load %s: it holds no autoencoder (no tensor encoder.* or decoder.*, with or without %s before)"
              .formatted(name, Network.VAE.prefix()));
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

  /** What it holds counts; a name does where that says nothing. */
  static void requireNotPickled(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] head = in.readNBytes(Appearance.HEAD);
      boolean safe = head.length > 8 && head[8] == '{';
      boolean pickled =
          switch (Appearance.of(head)) {
            case TORCH, PICKLE -> true;
            case ZIP, UNKNOWN -> isNamedPickled(path);
            default -> false;
          };
      if (pickled && !safe) {
        throw pickled(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static boolean isNamedPickled(Path path) {
    String name = path.getFileName().toString();
    return PICKLED.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }
}
