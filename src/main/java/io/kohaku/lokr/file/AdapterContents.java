package io.kohaku.lokr.file;

import io.kohaku.lokr.stored.LayerParts;
import io.kohaku.lokr.stored.OtherAdapter;
import io.kohaku.lokr.stored.StoredAlphas;
import io.kohaku.lokr.stored.StoredTensors;
import io.kohaku.tensor.file.SafeTensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an adapter's file holds.
 *
 * @param modules kohya's names of layers and norms in the file's order
 * @param layers those with blocks by name
 * @param vectors changes of gains and biases by {@link StoredVector#name}
 */
record AdapterContents(
    List<String> modules, Map<String, StoredLayer> layers, Map<String, StoredVector> vectors) {
  private static final Logger LOG = LoggerFactory.getLogger(AdapterContents.class);

  /** Copies. */
  AdapterContents {
    modules = List.copyOf(modules);
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
    vectors = Collections.unmodifiableMap(new LinkedHashMap<>(vectors));
  }

  /**
   * Sorts what is in a file.
   *
   * @throws IllegalArgumentException telling what it holds instead
   */
  static AdapterContents of(SafeTensors file) {
    Optional<String> other = OtherAdapter.of(file.tensors().keySet());
    StoredTensors tensors =
        other.isEmpty()
            ? StoredTensors.of(file.tensors().values())
            : new StoredTensors(List.of(), List.of());
    other = other.or(() -> OtherAdapter.ofModel(tensors.layers()));
    if (other.isPresent()) {
      throw new IllegalArgumentException(other.get());
    }
    StoredAlphas alphas = new StoredAlphas(file);
    List<String> modules = new ArrayList<>();
    Map<String, StoredLayer> layers = new LinkedHashMap<>();
    Map<String, StoredVector> vectors = new LinkedHashMap<>();
    List<String> aside = new ArrayList<>(tensors.aside());
    for (LayerParts parts : tensors.layers()) {
      Optional<StoredLayer> layer = StoredLayer.of(parts, alphas.of(parts));
      List<StoredVector> own = StoredVector.of(parts);
      layer.ifPresent(found -> layers.put(parts.name(), found));
      own.forEach(vector -> vectors.put(vector.name(), vector));
      if (layer.isEmpty() && own.isEmpty()) {
        parts.tensors().values().forEach(info -> aside.add(info.name()));
      } else {
        modules.add(parts.name());
      }
    }
    if (!aside.isEmpty()) {
      LOG.warn("Left aside in {}: {} (without blocks)", file.file(), aside);
    }
    if (modules.isEmpty()) {
      throw new IllegalArgumentException("it holds no layer of an adapter");
    }
    return new AdapterContents(modules, layers, vectors);
  }
}
