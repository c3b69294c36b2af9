package io.kohaku.engine;

import io.kohaku.engine.model.AdapterCheck;
import io.kohaku.engine.model.CheckpointCheck;
import io.kohaku.engine.model.TokenizerCheck;
import io.kohaku.files.LocalCopy;
import io.kohaku.provenance.Manifest;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.BakeSettings;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Precision;
import io.kohaku.tensor.Dtype;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** Weight files between the jobs' folders and the packages that read plain files. */
public final class WeightFiles {
  private static final String[] TOKENIZER = {"vocab.json", "merges.txt", "tokenizer.json"};

  private WeightFiles() {}

  /**
   * Makes sure that the adapters that a setting lists are there and fit a checkpoint.
   *
   * @param base the model whose checkpoint they are added to
   */
  public static void requireAdapters(
      Workspace workspace, String key, List<BakeSettings.Adapter> adapters, ModelSettings base)
      throws IOException {
    for (int i = 0; i < adapters.size(); i++) {
      requireAdapter(workspace, key + "[" + i + "].file", adapters.get(i).file());
    }
    List<String> files = adapters.stream().map(BakeSettings.Adapter::file).toList();
    AdapterCheck.fit(base, files, workspace.hadoop());
  }

  /** The same of one. */
  public static void requireAdapter(Workspace workspace, String key, String file)
      throws IOException {
    workspace.requireSource(key, file);
    AdapterCheck.adapter(file, workspace.hadoop());
  }

  /** Makes sure that the tokenizer is there, is one, and fits the checkpoint. */
  public static void requireTokenizer(Workspace workspace, ModelSettings model) throws IOException {
    workspace.requireSource("model.tokenizer", model.tokenizer());
    TokenizerCheck.require(model, workspace.hadoop());
  }

  /** Listed adapters as inputs of a stage. */
  public static Map<String, Manifest.Input> adapterInputs(
      Workspace workspace, List<BakeSettings.Adapter> adapters) throws IOException {
    Map<String, Manifest.Input> inputs = new TreeMap<>();
    for (int i = 0; i < adapters.size(); i++) {
      inputs.put("adapter-" + i, workspace.content(adapters.get(i).file()));
    }
    return inputs;
  }

  /**
   * Checks that the checkpoint is there, and the VAE where it has a file of its own, and that they
   * are SDXL's.
   */
  public static void requireModel(
      Workspace workspace, ModelSettings model, CheckpointCheck.Part part) throws IOException {
    workspace.requireSource("model.checkpoint", model.checkpoint());
    if (model.vae().isPresent()) {
      workspace.requireSource("model.vae", model.vae().get());
    }
    CheckpointCheck.require(model, part, workspace.hadoop());
  }

  /** Checks that another checkpoint is there, and SDXL's, in place of the model's. */
  public static void requireCheckpoint(
      Workspace workspace, String key, String file, ModelSettings model, CheckpointCheck.Part part)
      throws IOException {
    workspace.requireSource(key, file);
    Optional<String> vae =
        part == CheckpointCheck.Part.AUTOENCODER ? model.vae() : Optional.empty();
    if (vae.isPresent()) {
      workspace.requireSource("model.vae", vae.get());
    }
    CheckpointCheck.require(model.readFrom(file, vae, model.tokenizer()), part, workspace.hadoop());
  }

  /** The tokenizer as an input of a stage: the files that are read of its folder, or itself. */
  public static Manifest.Input tokenizerInput(Workspace workspace, ModelSettings model)
      throws IOException {
    return workspace.content(model.tokenizer(), TOKENIZER);
  }

  /** The model's files as inputs of a stage. */
  public static Map<String, Manifest.Input> modelInputs(Workspace workspace, ModelSettings model)
      throws IOException {
    Map<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put("checkpoint", workspace.content(model.checkpoint()));
    if (model.vae().isPresent()) {
      inputs.put("vae", workspace.content(model.vae().get()));
    }
    return inputs;
  }

  /** Whether all of these files are on this machine, so that a look at them costs nothing. */
  public static boolean areHere(Workspace workspace, List<String> files) throws IOException {
    for (String file : files) {
      if (!LocalCopy.isHere(file, workspace.hadoop())) {
        return false;
      }
    }
    return true;
  }

  /** A file as a path of this machine, which weights need: they are read at random places. */
  public static java.nio.file.Path local(Workspace workspace, String path) throws IOException {
    return LocalCopy.of(path, workspace.hadoop());
  }

  /** Writes a new file of any file system; one of this machine without the detour over Hadoop. */
  public static WritableByteChannel create(Workspace workspace, Path file) throws IOException {
    if (file.getFileSystem(workspace.hadoop()) instanceof LocalFileSystem) {
      java.nio.file.Path local = java.nio.file.Path.of(file.toUri().getPath());
      Files.createDirectories(local.getParent());
      return FileChannel.open(local, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }
    return Channels.newChannel(file.getFileSystem(workspace.hadoop()).create(file, false));
  }

  public static Optional<Dtype> dtype(Optional<Precision> precision) {
    return precision.map(ModelOptions::dtype);
  }
}
