package io.kohaku.sdxl.checkpoint;

import io.kohaku.input.UnusableFileException;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.sdxl.tape.WeightReader;
import io.kohaku.sdxl.tape.WeightSource;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.file.TensorStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An SDXL checkpoint, opened and checked: a single safetensors file or a folder in Diffusers'
 * layout, with the autoencoder of another file if wanted.
 *
 * <p>Opening reads headers only and tells every missing, unexpected and misshapen tensor by name.
 * Weights are mapped or copied when a network is opened; the checkpoint may be closed after that.
 */
public final class SdxlCheckpoint implements WeightSource, AutoCloseable {
  private final TensorFiles files;
  private final Optional<TensorFiles> vae;
  private final ModelOptions options;
  private final SdxlLayout layout;

  private SdxlCheckpoint(TensorFiles files, Optional<TensorFiles> vae, ModelOptions options) {
    this.files = files;
    this.vae = vae;
    this.options = options;
    this.layout = SdxlLayout.of(name(), shapes(), options, headWidth());
    layout.expected().keySet().forEach(key -> source(key).requireFloating(key));
  }

  /**
   * Opens a checkpoint.
   *
   * @param path a safetensors file, or a folder in Diffusers' layout
   * @param vae a file whose autoencoder takes the place of the checkpoint's own
   */
  public static SdxlCheckpoint open(Path path, Optional<Path> vae, ModelOptions options) {
    try (Closer opening = new Closer()) {
      TensorFiles files = opening.add(CheckpointFormat.open(path));
      Optional<TensorFiles> own = vae.map(other -> opening.add(CheckpointFormat.openVae(other)));
      SdxlCheckpoint checkpoint = new SdxlCheckpoint(files, own, options);
      opening.release();
      return checkpoint;
    }
  }

  /** The stored tensors of a checkpoint of either layout under the names of a single file. */
  public static TensorStore tensors(Path path) {
    return CheckpointFormat.open(path);
  }

  /** The tensors that are in the files and are not read, but for marks of what is predicted. */
  public List<String> aside() {
    return layout.aside(files.shapes().keySet()).stream()
        .filter(name -> !PredictionMarks.isMark(name))
        .toList();
  }

  @Override
  public SdxlLayout layout() {
    return layout;
  }

  @Override
  public ModelOptions options() {
    return options;
  }

  @Override
  public WeightReader reader(Dtype dtype) {
    return (owner, key) -> source(key).read(owner, key, dtype);
  }

  private TensorFiles source(String key) {
    return key.startsWith(Network.VAE.prefix()) ? vae.orElse(files) : files;
  }

  private String name() {
    return vae.map(other -> files.name() + " with " + other.name()).orElse(files.name());
  }

  private Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>(files.shapes());
    vae.ifPresent(
        other -> {
          shapes.keySet().removeIf(key -> key.startsWith(Network.VAE.prefix()));
          shapes.putAll(other.shapes());
        });
    return shapes;
  }

  /** What the file says comes before what the options say. */
  private long headWidth() {
    String told = files.metadata().get(ModelOptions.HEAD_WIDTH_KEY);
    if (told == null) {
      return options.headWidth();
    }
    try {
      return Long.parseLong(told.strip());
    } catch (NumberFormatException e) {
      throw new UnusableFileException(
          "Invalid metadata %s of %s: %s (must be a whole number)"
              .formatted(ModelOptions.HEAD_WIDTH_KEY, files.name(), told),
          e);
    }
  }

  @Override
  public void close() {
    Closer.close(Stream.concat(Stream.of(files), vae.stream()).toList());
  }
}
