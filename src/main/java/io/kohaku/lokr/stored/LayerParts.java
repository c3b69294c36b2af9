package io.kohaku.lokr.stored;

import ai.djl.ndarray.types.Shape;
import io.kohaku.tensor.TensorInfo;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tensors that a file has of one layer or norm.
 *
 * @param name kohya's name of it, with the checkpoint's names of blocks; what the file calls it
 *     where SDXL has no such layer
 * @param tensors which there are
 */
public record LayerParts(String name, Map<Part, TensorInfo> tensors) {
  /** Copies the map. */
  public LayerParts {
    Map<Part, TensorInfo> copy = new EnumMap<>(Part.class);
    copy.putAll(tensors);
    tensors = Collections.unmodifiableMap(copy);
  }

  /** Whether there is such a tensor. */
  public boolean has(Part part) {
    return tensors.containsKey(part);
  }

  /** The tensor that must be there. */
  public TensorInfo info(Part part) {
    TensorInfo info = tensors.get(part);
    if (info == null) {
      throw new IllegalArgumentException("Missing tensor: %s.%s".formatted(name, part.suffix()));
    }
    return info;
  }

  /** Its shape. */
  public Shape shape(Part part) {
    return new Shape(info(part).shape());
  }

  /**
   * What kind of layer the blocks make it, if there are any. A difference of one dimension is a
   * norm's, and no block.
   */
  public Optional<LayerKind> kind() {
    Set<LayerKind> kinds = new TreeSet<>();
    tensors.forEach(
        (part, info) -> part.kind().filter(of -> !part.isVector(info)).ifPresent(kinds::add));
    if (kinds.size() > 1) {
      List<String> titles = kinds.stream().map(LayerKind::title).toList();
      throw new IllegalArgumentException(
          "Invalid layer %s: it is of %s at once".formatted(name, String.join(" and ", titles)));
    }
    return kinds.stream().findFirst();
  }

  /**
   * Refuses tensors that nothing would read.
   *
   * @param read parts that the layer is made of, beside alpha and changes of vectors
   */
  void requireOnly(Set<Part> read) {
    tensors.forEach(
        (part, info) -> {
          boolean apart = part == Part.ALPHA || part.isVector(info);
          if (!apart && !read.contains(part)) {
            throw new IllegalArgumentException(
                "Invalid layer %s: nothing reads its tensor %s beside the others"
                    .formatted(name, info.name()));
          }
        });
  }
}
