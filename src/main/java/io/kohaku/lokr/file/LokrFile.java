package io.kohaku.lokr.file;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.ParameterValues;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.number.HalfFloat;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.script.Autograd;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An adapter's safetensors file, ours or LyCORIS', opened for reading.
 *
 * <p>Names are kohya's: {@code <layer>.<suffix>}. Layers are found by writing out the names of the
 * networks' layers, never by taking a name apart, since underscores in it stand for dots and for
 * themselves.
 */
public final class LokrFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LokrFile.class);

  private final SafeTensors file;
  private final Map<String, StoredLayer> stored;

  private LokrFile(SafeTensors file) {
    this.file = file;
    Map<String, Map<String, Shape>> tensors = new LinkedHashMap<>();
    for (TensorInfo info : file.tensors().values()) {
      int dot = info.name().indexOf('.');
      if (dot < 0) {
        throw new IllegalArgumentException(
            "Unknown tensor: %s (names are <layer>.<suffix>)".formatted(info.name()));
      }
      tensors
          .computeIfAbsent(info.name().substring(0, dot), name -> new LinkedHashMap<>())
          .put(info.name().substring(dot + 1), new Shape(info.shape()));
      if (!info.dtype().isFloating() && !LokrTensor.ALPHA.isNamed(info.name())) {
        throw new IllegalArgumentException("Invalid tensor %s (quantised)".formatted(info));
      }
    }
    this.stored = new LinkedHashMap<>();
    List<String> alone = new ArrayList<>();
    tensors.forEach(
        (name, own) -> {
          double alpha =
              own.remove(LokrTensor.ALPHA.suffix()) == null
                  ? Double.NaN
                  : number(LokrTensor.ALPHA.of(name));
          if (own.isEmpty()) {
            alone.add(LokrTensor.ALPHA.of(name));
          } else {
            stored.put(name, new StoredLayer(name, own, alpha));
          }
        });
    if (!alone.isEmpty()) {
      LOG.warn("Left aside in {}: {} (without blocks)", file.file(), alone);
    }
  }

  /**
   * Opens a file and checks that it holds LoKr layers and nothing else.
   *
   * @throws UnusableFileException telling what it holds instead
   */
  public static LokrFile open(Path path) {
    try (Closer opening = new Closer()) {
      SafeTensors tensors = opening.add(SafeTensors.open(path));
      Optional<String> other = OtherAdapter.of(tensors.tensors().keySet());
      if (other.isPresent()) {
        throw unusable(path, other.get());
      }
      LokrFile file = new LokrFile(tensors);
      if (file.stored.isEmpty()) {
        throw unusable(path, "it holds no layer of one");
      }
      opening.release();
      return file;
    } catch (UnusableFileException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw unusable(path, e.getMessage());
    }
  }

  private static UnusableFileException unusable(Path path, String problem) {
    return new UnusableFileException(
        "Cannot use %s as a LoKr adapter: %s".formatted(path, problem));
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
   * @throws UnusableFileException naming layers that the networks do not have
   */
  public List<LokrLayer> layers(List<AdaptableLayer> networks) {
    Set<String> strangers = new TreeSet<>(stored.keySet());
    List<LokrLayer> layers = new ArrayList<>();
    for (AdaptableLayer layer : networks) {
      String name = AdaptedModule.nameOf(layer);
      if (strangers.remove(name)) {
        layers.add(new LokrLayer(name, layer, shape(layer, name), ApplyMode.AUTO, false));
      }
    }
    if (!strangers.isEmpty()) {
      throw new UnusableFileException(
          "Unknown layers: %s in %s (the networks do not have them)"
              .formatted(LokrResume.few(strangers), file.file()));
    }
    return List.copyOf(layers);
  }

  private LokrShape shape(AdaptableLayer layer, String name) {
    try {
      return stored.get(name).shape(LokrLayer.weightShape(layer));
    } catch (IllegalArgumentException e) {
      throw unusable(file.file(), e.getMessage());
    }
  }

  /** The tensor of this name as float32, on the device of {@code scope}. */
  NDArray tensor(NDManager scope, String name) {
    return file.read(scope, name, Dtype.F32);
  }

  /** What the file holds, for trainable tensors to begin with. */
  ParameterValues values() {
    return (scope, module, parameter) -> tensor(scope, module.tensor(parameter));
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
    TensorInfo info = file.info(name);
    if (info.elements() != 1) {
      throw new IllegalArgumentException("Invalid tensor %s (must be one number)".formatted(info));
    }
    ByteBuffer bytes = file.bytes(name);
    return switch (info.dtype()) {
      case F64 -> bytes.getDouble(0);
      case F32 -> bytes.getFloat(0);
      case F16 -> HalfFloat.decode(bytes.getShort(0));
      case BF16 -> Float.intBitsToFloat(bytes.getShort(0) << 16);
      case I64 -> bytes.getLong(0);
      case I32 -> bytes.getInt(0);
      default -> computed(name);
    };
  }

  /** Of formats that Java has no number for. */
  private double computed(String name) {
    try (NDManager manager = Natives.manager(Device.cpu())) {
      return Autograd.paused(() -> (double) tensor(manager, name).getFloat());
    }
  }

  /**
   * Refuses an adapter that changes nothing: a factor of each layer's product is zero throughout.
   */
  public void requireChange() {
    if (stored.values().stream().allMatch(this::changesNothing)) {
      throw new WorthlessResultException(
          "Cannot use %s: it changes no layer (a factor of each of its %s is zero throughout, as before training)"
              .formatted(file.file(), stored.size()));
    }
  }

  /** Trained magnitudes change a layer even so. */
  private boolean changesNothing(StoredLayer layer) {
    String prefix = layer.name() + ".";
    List<String> own =
        file.tensors().keySet().stream().filter(name -> name.startsWith(prefix)).toList();
    return !own.contains(LokrTensor.DORA_SCALE.of(layer.name()))
        && own.stream().filter(name -> !LokrTensor.ALPHA.isNamed(name)).anyMatch(this::isZero);
  }

  /** The last byte of a number has its sign, which a zero may have too. */
  private boolean isZero(String name) {
    ByteBuffer bytes = file.bytes(name);
    int width = file.info(name).dtype().bits() / 8;
    for (int i = 0; i < bytes.limit(); i++) {
      int digits = i % width == width - 1 ? 0x7f : 0xff;
      if ((bytes.get(i) & digits) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    file.close();
  }
}
