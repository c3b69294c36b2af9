package io.kohaku.sdxl.checkpoint;

import io.kohaku.input.UnusableFileException;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.checkpoint.StoredTensor.Form;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.TensorShapes;
import io.kohaku.tensor.file.SafeTensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A checkpoint in Diffusers' layout: a folder for each network. */
final class DiffusersFolder {
  private static final String VAE = "vae";
  private static final Pattern FUSED =
      Pattern.compile(
          "text_model\\.encoder\\.layers\\.(\\d+)\\.self_attn\\.([qkv])_proj\\.(weight|bias)");
  private static final Pattern VAE_PROJECTION =
      Pattern.compile(".*\\.mid\\.attn_1\\.(?:q|k|v|proj_out)\\.weight");

  private final Path folder;
  private final TensorFiles files;

  private DiffusersFolder(Path folder) {
    this.folder = folder;
    this.files = new TensorFiles(folder);
  }

  /** Opens the networks of {@code folder}; it may lack the autoencoder. */
  static TensorFiles open(Path folder) {
    requireSdxl(folder);
    DiffusersFolder opened = new DiffusersFolder(folder);
    try (Closer opening = new Closer()) {
      opening.add(opened.files);
      opened.renamed("unet", name -> Network.UNET.prefix() + DiffusersNames.unet(name));
      opened.renamed("text_encoder", name -> Network.TE1.prefix() + name);
      opened.second();
      opened.requireLayers("text_encoder", Network.TE1.prefix() + "text_model.encoder.layers");
      opened.requireLayers("text_encoder_2", Network.TE2.prefix() + "transformer.resblocks");
      if (Files.isDirectory(folder.resolve(VAE))) {
        vae(opened.files, opened.network(VAE));
      }
      opening.release();
      return opened.files;
    }
  }

  /** A pipeline of another model is known by its networks, and says what it is. */
  private static void requireSdxl(Path folder) {
    Path index = folder.resolve("model_index.json");
    if (!Files.isDirectory(folder.resolve("unet")) && !Files.isRegularFile(index)) {
      throw NetworkFiles.without(folder);
    }
    for (String network : List.of("unet", "text_encoder", "text_encoder_2")) {
      if (!Files.isDirectory(folder.resolve(network)) && Files.isRegularFile(index)) {
        throw new UnusableFileException(
            "Cannot load %s: not a checkpoint of SDXL: it has no folder %s (model_index.json says %s)"
                .formatted(
                    folder,
                    network,
                    PipelineTexts.of(index).text("_class_name").orElse("nothing")));
      }
    }
  }

  /** Opens the autoencoder alone: that of a whole checkpoint, or the folder of a VAE. */
  static TensorFiles openVae(Path folder) {
    Path place = folder.resolve(VAE);
    boolean pipeline =
        Files.isDirectory(folder.resolve("unet"))
            || Files.isRegularFile(folder.resolve("model_index.json"));
    if (pipeline && !Files.isDirectory(place)) {
      throw new UnusableFileException(
          "Cannot load an autoencoder from %s: the pipeline has no folder %s (name another by model.vae)"
              .formatted(folder, VAE));
    }
    try (Closer opening = new Closer()) {
      TensorFiles files = opening.add(new TensorFiles(folder));
      vae(
          files,
          NetworkFiles.in(Files.isDirectory(place) ? place : folder).stream()
              .map(files::open)
              .toList());
      opening.release();
      return files;
    }
  }

  /** The tensors of an autoencoder with Diffusers' names, in one file or several. */
  static void vae(TensorFiles files, List<SafeTensors> parts) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (SafeTensors file : parts) {
      file.tensors().forEach((name, info) -> shapes.put(name, info.shape()));
    }
    int levels = new TensorShapes(shapes).count("encoder.down_blocks");
    for (SafeTensors file : parts) {
      for (String name : file.tensors().keySet()) {
        String key = Network.VAE.prefix() + DiffusersNames.vae(name, levels);
        Form form = VAE_PROJECTION.matcher(key).matches() ? Form.AS_CONVOLUTION : Form.AS_STORED;
        files.put(key, StoredTensor.as(form, file, name));
      }
    }
  }

  /** A network whose tensors are only named otherwise. */
  private void renamed(String network, UnaryOperator<String> key) {
    for (SafeTensors file : network(network)) {
      for (String name : file.tensors().keySet()) {
        files.put(key.apply(name), StoredTensor.as(Form.AS_STORED, file, name));
      }
    }
  }

  /** A text encoder runs without its last layers too, and says something else. */
  private void requireLayers(String network, String layers) {
    Path config = folder.resolve(network).resolve("config.json");
    if (!Files.isRegularFile(config)) {
      return;
    }
    int there = new TensorShapes(files.shapes()).count(layers);
    PipelineTexts.of(config)
        .shown("num_hidden_layers")
        .filter(told -> !told.equals(Integer.toString(there)))
        .ifPresent(
            told -> {
              throw new UnusableFileException(
                  "Cannot load %s: it has %s layers, its config.json says %s (fetch it again)"
                      .formatted(folder.resolve(network), there, told));
            });
  }

  private void second() {
    String prefix = Network.TE2.prefix();
    List<SafeTensors> parts = network("text_encoder_2");
    for (SafeTensors file : parts) {
      for (String name : file.tensors().keySet()) {
        Matcher fused = FUSED.matcher(name);
        if (fused.matches()) {
          if (fused.group(2).equals("q")) {
            fuse(parts, fused.group(1), fused.group(3));
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

  /** Query, key and value in this order, each in any of the files. */
  private void fuse(List<SafeTensors> parts, String layer, String kind) {
    String key =
        "%stransformer.resblocks.%s.attn.in_proj_%s".formatted(Network.TE2.prefix(), layer, kind);
    for (String part : List.of("q", "k", "v")) {
      String name =
          "text_model.encoder.layers.%s.self_attn.%s_proj.%s".formatted(layer, part, kind);
      for (SafeTensors file : parts) {
        if (file.tensors().containsKey(name)) {
          files.append(key, file, name);
        }
      }
    }
  }

  private List<SafeTensors> network(String name) {
    return NetworkFiles.in(folder.resolve(name)).stream().map(files::open).toList();
  }
}
