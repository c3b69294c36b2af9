package io.kohaku.sdxl.checkpoint;

import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.checkpoint.StoredTensor.Form;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.TensorShapes;
import io.kohaku.tensor.file.SafeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A checkpoint in Diffusers' layout: a folder for each network. */
final class DiffusersFolder {
  private static final Pattern FUSED =
      Pattern.compile(
          "text_model\\.encoder\\.layers\\.(\\d+)\\.self_attn\\.([qkv])_proj\\.(weight|bias)");
  private static final Pattern VAE_PROJECTION =
      Pattern.compile(".*\\.mid\\.attn_1\\.(?:q|k|v|proj_out)\\.weight");

  private final Path folder;
  private final TensorFiles files;

  private DiffusersFolder(Path folder) {
    this.folder = folder;
    this.files = new TensorFiles(folder.toString());
  }

  /** Opens the four networks of {@code folder}. */
  static TensorFiles open(Path folder) {
    DiffusersFolder opened = new DiffusersFolder(folder);
    try (Closer opening = new Closer()) {
      opening.add(opened.files);
      opened.renamed("unet", name -> Network.UNET.prefix() + DiffusersNames.unet(name));
      opened.renamed("text_encoder", name -> Network.TE1.prefix() + name);
      opened.second();
      for (SafeTensors file : opened.network("vae")) {
        vae(opened.files, file);
      }
      opening.release();
      return opened.files;
    }
  }

  /** The tensors of an autoencoder with Diffusers' names. */
  static void vae(TensorFiles files, SafeTensors file) {
    int levels = new TensorShapes(shapes(file)).count("encoder.down_blocks");
    for (String name : file.tensors().keySet()) {
      String key = Network.VAE.prefix() + DiffusersNames.vae(name, levels);
      Form form = VAE_PROJECTION.matcher(key).matches() ? Form.AS_CONVOLUTION : Form.AS_STORED;
      files.put(key, StoredTensor.as(form, file, name));
    }
  }

  private static Map<String, long[]> shapes(SafeTensors file) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    file.tensors().forEach((name, info) -> shapes.put(name, info.shape()));
    return shapes;
  }

  /** A network whose tensors are only named otherwise. */
  private void renamed(String network, UnaryOperator<String> key) {
    for (SafeTensors file : network(network)) {
      for (String name : file.tensors().keySet()) {
        files.put(key.apply(name), StoredTensor.as(Form.AS_STORED, file, name));
      }
    }
  }

  private void second() {
    String prefix = Network.TE2.prefix();
    for (SafeTensors file : network("text_encoder_2")) {
      Set<String> names = file.tensors().keySet();
      for (String name : names) {
        Matcher fused = FUSED.matcher(name);
        if (fused.matches()) {
          if (fused.group(2).equals("q")) {
            fuse(file, fused.group(1), fused.group(3));
          }
        } else if (name.equals("text_projection.weight")) {
          files.put(prefix + "text_projection", StoredTensor.as(Form.TRANSPOSED, file, name));
        } else {
          files.put(
              prefix + DiffusersNames.second(name), StoredTensor.as(Form.AS_STORED, file, name));
        }
      }
    }
  }

  /** Query, key and value in this order. */
  private void fuse(SafeTensors file, String layer, String kind) {
    String key =
        "%stransformer.resblocks.%s.attn.in_proj_%s".formatted(Network.TE2.prefix(), layer, kind);
    for (String part : List.of("q", "k", "v")) {
      String name =
          "text_model.encoder.layers.%s.self_attn.%s_proj.%s".formatted(layer, part, kind);
      if (file.tensors().containsKey(name)) {
        files.append(key, file, name);
      }
    }
  }

  /** The file or files of one network: in full or half precision, whole or in shards. */
  private List<SafeTensors> network(String name) {
    Path place = folder.resolve(name);
    for (String pattern :
        List.of(
            "(?:diffusion_pytorch_model|model)\\.safetensors",
            "(?:diffusion_pytorch_model|model)\\.fp16\\.safetensors",
            "(?:diffusion_pytorch_model|model)-\\d{5}-of-\\d{5}\\.safetensors")) {
      List<Path> found = matching(place, Pattern.compile(pattern));
      if (!found.isEmpty()) {
        return found.stream().map(files::open).toList();
      }
    }
    List<Path> pickled = matching(place, Pattern.compile(".*\\.(?:bin|pt|pth|ckpt)"));
    if (!pickled.isEmpty()) {
      throw CheckpointFormat.pickled(pickled.get(0));
    }
    throw new IllegalArgumentException(
        "Missing checkpoint: %s (diffusion_pytorch_model.safetensors or model.safetensors)"
            .formatted(place));
  }

  private static List<Path> matching(Path folder, Pattern pattern) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> pattern.matcher(file.getFileName().toString()).matches())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read %s: %s".formatted(folder, e.getMessage()), e);
    }
  }
}
