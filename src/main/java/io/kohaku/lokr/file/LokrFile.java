package io.kohaku.lokr.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.ParameterValues;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.NormTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.tape.Finite;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.file.SafeTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * An adapter's safetensors file, ours or another program's, opened for reading.
 *
 * <p>Whatever it is called in the file, a layer or norm has kohya's name here, {@code <layer>}, and
 * its tensors are LoKr's and a norm's, {@code <layer>.<suffix>} (see {@code lokr.stored}).
 */
public final class LokrFile implements AutoCloseable {
  private final SafeTensors file;
  private final AdapterContents contents;

  private LokrFile(SafeTensors file) {
    this.file = file;
    this.contents = AdapterContents.of(file);
  }

  /**
   * Opens a file and checks that it holds an adapter of SDXL and nothing else.
   *
   * @throws UnusableFileException telling what it holds instead
   */
  public static LokrFile open(Path path) {
    try (Closer opening = new Closer()) {
      LokrFile file = new LokrFile(opening.add(SafeTensors.open(path)));
      opening.release();
      return file;
    } catch (UnusableFileException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw unusable(path, e.getMessage());
    }
  }

  private static UnusableFileException unusable(Path path, String problem) {
    return new UnusableFileException("Cannot use %s as an adapter: %s".formatted(path, problem));
  }

  /** The file. */
  Path file() {
    return file.file();
  }

  /** The file's texts. */
  public Map<String, String> metadata() {
    return file.metadata();
  }

  /** The names of layers and norms in the file's order. */
  public List<String> names() {
    return contents.modules();
  }

  /** The layers in the file, by name. */
  public Map<String, StoredLayer> stored() {
    return contents.layers();
  }

  /** What is added to norms and biases, by {@link StoredVector#name}. */
  public Map<String, StoredVector> vectors() {
    return contents.vectors();
  }

  /**
   * The file's layers among the modules of the networks, in the networks' order.
   *
   * @throws UnusableFileException naming layers and norms that the networks do not have
   */
  public List<LokrLayer> layers(List<AdaptableLayer> modules) {
    requireKnown(modules);
    List<LokrLayer> layers = new ArrayList<>();
    for (AdaptableLayer module : modules) {
      String name = AdaptedModule.nameOf(module);
      if (stored().containsKey(name)) {
        layers.add(new LokrLayer(name, module, shape(module, name), ApplyMode.AUTO, false));
      }
    }
    return List.copyOf(layers);
  }

  /** All that the file changes in these modules of the networks, in the networks' order. */
  public List<TensorUpdate> updates(List<AdaptableLayer> modules, double multiplier) {
    List<TensorUpdate> updates = new ArrayList<>();
    for (LokrLayer layer : layers(modules)) {
      updates.add(new LayerUpdate(this, layer, multiplier));
    }
    updates.addAll(vectors(modules, multiplier));
    return updates;
  }

  /** What the file adds to gains and biases of these modules of the networks. */
  List<VectorUpdate> vectors(List<AdaptableLayer> modules, double multiplier) {
    List<VectorUpdate> updates = new ArrayList<>();
    for (AdaptableLayer module : modules) {
      for (NormTensor tensor : NormTensor.values()) {
        StoredVector vector = vectors().get(tensor.of(AdaptedModule.nameOf(module)));
        if (vector != null) {
          ModuleTensor target = new ModuleTensor(module, tensor);
          updates.add(fitting(() -> VectorUpdate.of(this, vector, target, multiplier)));
        }
      }
    }
    return updates;
  }

  private void requireKnown(List<AdaptableLayer> modules) {
    Set<String> strangers = new TreeSet<>(names());
    modules.forEach(module -> strangers.remove(AdaptedModule.nameOf(module)));
    if (!strangers.isEmpty()) {
      throw new UnusableFileException(
          "Unknown layers: %s in %s (the networks do not have them)"
              .formatted(LokrResume.few(strangers), file.file()));
    }
  }

  private LokrShape shape(AdaptableLayer layer, String name) {
    return fitting(() -> stored().get(name).shape(LokrLayer.weightShape(layer)));
  }

  /** What is made of the file for these networks, if it fits them. */
  private <T> T fitting(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw unusable(file.file(), e.getMessage());
    }
  }

  /**
   * A tensor of a layer or norm as float32, on the device of {@code scope}.
   *
   * @param name {@code <layer>.<suffix>}
   */
  NDArray tensor(NDManager scope, String name) {
    StoredVector vector = vectors().get(name);
    if (vector != null) {
      return tensor(scope, vector);
    }
    int dot = name.lastIndexOf('.');
    StoredLayer layer = stored().get(name.substring(0, dot));
    if (layer == null) {
      throw new IllegalArgumentException("Unknown tensor: %s in %s".formatted(name, file.file()));
    }
    return tensor(scope, layer, LokrTensor.ofSuffix(name.substring(dot + 1)));
  }

  /** A tensor of a layer in {@linkplain StoredLayer#tensors its shape}, float32. */
  public NDArray tensor(NDManager scope, StoredLayer layer, LokrTensor tensor) {
    return tensor.isBlock()
        ? layer.form().block(scope, this::read, tensor)
        : read(scope, layer.source(tensor)).reshape(layer.tensors().get(tensor.suffix()));
  }

  /** What is added to a vector, float32. */
  public NDArray tensor(NDManager scope, StoredVector vector) {
    return read(scope, vector.tensor().name());
  }

  private NDArray read(NDManager scope, String name) {
    return file.read(scope, name, Dtype.F32);
  }

  private NDArray tensor(NDManager scope, AdaptedModule module, ParameterSpec parameter) {
    NDArray values = tensor(scope, module.tensor(parameter));
    return values.getShape().equals(parameter.shape()) ? values : values.reshape(parameter.shape());
  }

  /** What the file holds, for trainable tensors to begin with. */
  ParameterValues values() {
    return this::tensor;
  }

  /** All tensors of a layer as float32, by suffix. */
  Map<String, NDArray> tensors(NDManager scope, LokrLayer layer) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    for (ParameterSpec parameter : layer.shape().parameters()) {
      tensors.put(parameter.suffix(), tensor(scope, layer, parameter));
    }
    return tensors;
  }

  /** Says so if a tensor of the file has numbers that are none. */
  Optional<String> spoilt(NDManager manager, String name) {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      return Finite.all(read(scope.manager(), name))
          ? Optional.empty()
          : Optional.of(
              "tensor %s of the adapter %s has numbers that are none".formatted(name, file.file()));
    }
  }

  /**
   * Refuses an adapter that changes nothing: a factor of each layer's product is zero throughout,
   * and so is each change of a norm or bias.
   */
  public void requireChange() {
    if (new ZeroFactors(file).areInAll(contents)) {
      throw new WorthlessResultException(
          "Cannot use %s: it changes no layer (a factor of each of its %s is zero throughout, as before training)"
              .formatted(file.file(), names().size()));
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
