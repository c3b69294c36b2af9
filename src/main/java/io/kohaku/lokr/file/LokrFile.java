package io.kohaku.lokr.file;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.ParameterValues;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.script.Autograd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * An adapter's safetensors file, ours or LyCORIS', opened for reading.
 *
 * <p>Names are kohya's: {@code <layer>.<suffix>}. Layers are found by writing out the names of the
 * networks' layers, never by taking a name apart, since underscores in it stand for dots and for
 * themselves.
 */
public final class LokrFile implements AutoCloseable {
  private final SafeTensors file;
  private final Map<String, StoredLayer> stored;

  private LokrFile(SafeTensors file) {
    this.file = file;
    Map<String, Map<String, Shape>> tensors = new LinkedHashMap<>();
    for (TensorInfo info : file.tensors().values()) {
      int dot = info.name().indexOf('.');
      if (dot < 0) {
        throw new IllegalArgumentException(
            "Unknown tensor: %s in %s (names are <layer>.<suffix>)"
                .formatted(info.name(), file.file()));
      }
      tensors
          .computeIfAbsent(info.name().substring(0, dot), name -> new LinkedHashMap<>())
          .put(info.name().substring(dot + 1), new Shape(info.shape()));
    }
    this.stored = new LinkedHashMap<>();
    tensors.forEach(
        (name, own) -> {
          double alpha =
              own.remove(LokrTensor.ALPHA.suffix()) == null
                  ? Double.NaN
                  : number(LokrTensor.ALPHA.of(name));
          stored.put(name, new StoredLayer(name, own, alpha));
        });
  }

  /** Opens a file and checks that it holds LoKr layers and nothing else. */
  public static LokrFile open(Path path) {
    try (Closer opening = new Closer()) {
      LokrFile file = new LokrFile(opening.add(SafeTensors.open(path)));
      opening.release();
      return file;
    }
  }

  /** The file. */
  Path file() {
    return file.file();
  }

  /** The file's texts. */
  public Map<String, String> metadata() {
    return file.metadata();
  }

  /** The layers in the file, by name. */
  public Map<String, StoredLayer> stored() {
    return Collections.unmodifiableMap(stored);
  }

  /**
   * The file's layers among those of the networks, in the networks' order.
   *
   * @throws IllegalArgumentException naming layers that the networks do not have
   */
  public List<LokrLayer> layers(List<AdaptableLayer> networks) {
    Set<String> strangers = new TreeSet<>(stored.keySet());
    List<LokrLayer> layers = new ArrayList<>();
    for (AdaptableLayer layer : networks) {
      String name = LokrLayer.nameOf(layer);
      if (strangers.remove(name)) {
        LokrShape shape = stored.get(name).shape(LokrLayer.weightShape(layer));
        layers.add(new LokrLayer(name, layer, shape, ApplyMode.AUTO, false));
      }
    }
    if (!strangers.isEmpty()) {
      throw new IllegalArgumentException(
          "Unknown layers: %s in %s (the networks do not have them)"
              .formatted(strangers, file.file()));
    }
    return List.copyOf(layers);
  }

  /** The tensor of this name as float32, on the device of {@code scope}. */
  NDArray tensor(NDManager scope, String name) {
    return file.read(scope, name, Dtype.F32);
  }

  /** What the file holds, for trainable tensors to begin with. */
  ParameterValues values() {
    return (scope, layer, parameter) -> tensor(scope, layer.tensor(parameter));
  }

  /** All tensors of a layer as float32, by suffix. */
  Map<String, NDArray> tensors(NDManager scope, LokrLayer layer) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    for (ParameterSpec parameter : layer.shape().parameters()) {
      tensors.put(parameter.suffix(), tensor(scope, layer.tensor(parameter)));
    }
    return tensors;
  }

  private double number(String name) {
    try (NDManager manager = Natives.manager(Device.cpu())) {
      return Autograd.paused(() -> (double) tensor(manager, name).getFloat());
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
