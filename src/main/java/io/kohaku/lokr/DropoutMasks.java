package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.tensor.MemoryScope;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What dropout leaves out of the update, as tensors that stay attached and are drawn anew in place
 * for each micro-batch.
 *
 * <p>{@code lokr_rows}, [out, 1, …], silences output rows of the delta; {@code lokr_keep}, [],
 * silences a whole layer. They exist only where the probability is above 0.
 */
public final class DropoutMasks implements AutoCloseable {
  private static final String ROWS = "lokr_rows";
  private static final String KEEP = "lokr_keep";

  private final NDManager manager;
  private final Dropout dropout;
  private final List<LokrLayer> layers;
  private final Map<String, NDArray> rows = new LinkedHashMap<>();
  private final Map<String, NDArray> keeps = new LinkedHashMap<>();

  /** Masks that leave nothing out yet, on the device of {@code parent}. */
  public DropoutMasks(NDManager parent, List<LokrLayer> layers, Dropout dropout) {
    this.manager = parent.newSubManager();
    this.dropout = dropout;
    this.layers = List.copyOf(layers);
    try (MemoryScope scope = MemoryScope.open(manager)) {
      for (LokrLayer layer : layers) {
        if (dropout.row() > 0) {
          rows.put(layer.name(), scope.keep(manager.ones(rowShape(layer)), manager));
        }
        if (dropout.layer() > 0) {
          keeps.put(layer.name(), scope.keep(manager.ones(new Shape()), manager));
        }
      }
    }
  }

  /** Draws all masks from these keys: the run's seed, the epoch, the micro-batch's place. */
  public void draw(long... keys) {
    draw(rows, dropout.row(), Purpose.ROW_DROPOUT, keys);
    draw(keeps, dropout.layer(), Purpose.LAYER_DROPOUT, keys);
  }

  /** Leaves nothing out, for evaluation. */
  public void clear() {
    fill(rows);
    fill(keeps);
  }

  /** The masks of a layer by suffix. */
  Map<String, NDArray> of(LokrLayer layer) {
    Map<String, NDArray> masks = new LinkedHashMap<>();
    if (rows.containsKey(layer.name())) {
      masks.put(ROWS, rows.get(layer.name()));
    }
    if (keeps.containsKey(layer.name())) {
      masks.put(KEEP, keeps.get(layer.name()));
    }
    return masks;
  }

  private static void fill(Map<String, NDArray> masks) {
    if (!masks.isEmpty()) {
      ParameterKernels.shared().run("fill", List.copyOf(masks.values()), 1.0);
    }
  }

  private void draw(Map<String, NDArray> masks, double probability, Purpose purpose, long... keys) {
    if (masks.isEmpty()) {
      return;
    }
    long seed = SeededStream.seed(purpose, keys);
    long[] seeds =
        layers.stream()
            .mapToLong(layer -> Initialization.nameKey(layer.name()))
            .map(name -> SeededStream.seed(purpose, seed, name))
            .toArray();
    boolean ofRows = masks.values().iterator().next().getShape().dimension() > 0;
    long[] rescale =
        layers.stream().mapToLong(layer -> ofRows && layer.rescaleRows() ? 1 : 0).toArray();
    ParameterKernels.shared()
        .run("draw_masks", List.copyOf(masks.values()), seeds, probability, rescale);
  }

  private static Shape rowShape(LokrLayer layer) {
    Shape weight = layer.shape().weight();
    long[] dimensions = new long[weight.dimension()];
    Arrays.fill(dimensions, 1);
    dimensions[0] = weight.get(0);
    return new Shape(dimensions);
  }

  @Override
  public void close() {
    manager.close();
  }
}
