package io.kohaku.latent.vae;

import io.kohaku.digest.Sha256;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A number that stands for the VAE's weights: any of them changed, and latents are made anew. */
final class VaeDigest {
  private static final String PREFIX = "first_stage_model.";

  private VaeDigest() {}

  /** SHA-256 over names, types, shapes and bytes, in the order of names; hexadecimal. */
  static String of(VaeSource vae) {
    MessageDigest digest = Sha256.begin();
    for (Path file : files(vae.path())) {
      add(digest, file);
    }
    return Sha256.hex(digest);
  }

  private static void add(MessageDigest digest, Path file) {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      TreeMap<String, TensorInfo> all = new TreeMap<>(tensors.tensors());
      boolean whole = all.keySet().stream().noneMatch(name -> name.startsWith(PREFIX));
      all.forEach(
          (name, info) -> {
            if (whole || name.startsWith(PREFIX)) {
              digest.update(text(info).getBytes(StandardCharsets.UTF_8));
              digest.update(tensors.bytes(name));
            }
          });
    }
  }

  private static String text(TensorInfo info) {
    return "name=%s dtype=%s shape=%s"
        .formatted(info.name(), info.dtype(), Arrays.toString(info.shape()));
  }

  /** A file, or the VAE's files of a folder in diffusers' layout. */
  private static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    Path folder = Files.isDirectory(path.resolve("vae")) ? path.resolve("vae") : path;
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder + ": " + e.getMessage(), e);
    }
  }
}
