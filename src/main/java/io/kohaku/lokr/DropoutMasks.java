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
 * silences a whole module. They exist only where the probability is above 0.
 *
 * <p>Of a norm's changes the row probability is the share that is <em>kept</em>, never divided by
 * it: LyCORIS compares the other way round there, in all versions up to 4.1.3.
 */
public final class DropoutMasks implements AutoCloseable {
  private static final String ROWS = "lokr_rows";
  private static final String LAYER = "lokr_keep";

  /** Rules of {@code draw_masks}. */
  private static final long LEAVE = 0;

  private static final long LEAVE_AND_RESCALE = 1;
  private static final long KEEP = 2;

  private final NDManager manager;
  private final Dropout dropout;
  private final List<AdaptedModule> modules;
  private final Map<String, NDArray> rows = new LinkedHashMap<>();
  private final Map<String, NDArray> keeps = new LinkedHashMap<>();

  /** Masks that leave nothing out yet, on the device of {@code parent}. */
  public DropoutMasks(NDManager parent, List<? extends AdaptedModule> modules, Dropout dropout) {
    this.manager = parent.newSubManager();
    this.dropout = dropout;
    this.modules = List.copyOf(modules);
    try (MemoryScope scope = MemoryScope.open(manager)) {
      for (AdaptedModule module : modules) {
        if (dropout.row() > 0) {
          rows.put(module.name(), scope.keep(manager.ones(rowShape(module)), manager));
        }
        if (dropout.layer() > 0) {
          keeps.put(module.name(), scope.keep(manager.ones(new Shape()), manager));
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

  /** The masks of a module by suffix. */
  Map<String, NDArray> of(AdaptedModule module) {
    Map<String, NDArray> masks = new LinkedHashMap<>();
    if (rows.containsKey(module.name())) {
      masks.put(ROWS, rows.get(module.name()));
    }
    if (keeps.containsKey(module.name())) {
      masks.put(LAYER, keeps.get(module.name()));
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
        modules.stream()
            .mapToLong(module -> Initialization.nameKey(module.name()))
            .map(name -> SeededStream.seed(purpose, seed, name))
            .toArray();
    boolean ofRows = masks.values().iterator().next().getShape().dimension() > 0;
    long[] rules = modules.stream().mapToLong(module -> ofRows ? rule(module) : LEAVE).toArray();
    ParameterKernels.shared()
        .run("draw_masks", List.copyOf(masks.values()), seeds, probability, rules);
  }

  private static long rule(AdaptedModule module) {
    if (module instanceof LokrLayer layer) {
      return layer.rescaleRows() ? LEAVE_AND_RESCALE : LEAVE;
    }
    return KEEP;
  }

  private static Shape rowShape(AdaptedModule module) {
    long[] dimensions = new long[module.layer().shape().size()];
    Arrays.fill(dimensions, 1);
    dimensions[0] = module.layer().shape().get(0);
    return new Shape(dimensions);
  }

  @Override
  public void close() {
    manager.close();
  }
}
