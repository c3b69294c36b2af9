package io.kohaku.weights.bake;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.ParameterKernels;
import io.kohaku.lokr.file.LayerUpdate;
import io.kohaku.lokr.file.LokrFile;
import io.kohaku.lokr.file.MergedAdapters;
import io.kohaku.lokr.file.TensorUpdate;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.checkpoint.PredictionMarks;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.ArraySource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.tensor.file.TensorStore;
import io.kohaku.weights.BackgroundChannel;
import io.kohaku.weights.LayerRows;
import io.kohaku.weights.WeightKernels;
import io.kohaku.weights.WorthlessTensor;
import io.kohaku.weights.merge.WeightedSum;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Adds adapters to a checkpoint for good: {@code W + Σ multiplier · (W' − W)} in float32, rounded
 * once.
 *
 * <p>Tensors that no adapter changes, {@code logit_scale} and {@code position_ids} among them, are
 * kept. A base or an adapter that says that it predicts the velocity makes the result say so.
 */
public final class Bake {
  /** Which layers there are; how wide their heads are does not matter. */
  private static final ModelOptions LAYERS_ALONE =
      new ModelOptions(
          ModelOptions.DEFAULT.dtype(),
          ModelOptions.DEFAULT.timesteps(),
          ModelOptions.DEFAULT.pooledProjection(),
          1);

  private final BakePlan plan;
  private final TensorStore base;
  private final WeightKernels kernels;
  private final WeightedSum conversion;
  private final Map<String, List<TensorUpdate>> updates = new LinkedHashMap<>();
  private PredictionMarks marks;
  private final Set<AdaptableLayer> norms = new HashSet<>();
  private int layers;

  private Bake(BakePlan plan, TensorStore base, WeightKernels kernels) {
    this.plan = plan;
    this.base = base;
    this.kernels = kernels;
    this.marks = PredictionMarks.of(plan.base());
    this.conversion = new WeightedSum(kernels, Dtype.F32);
  }

  /**
   * Bakes into {@code out}.
   *
   * @throws IllegalArgumentException if an adapter has layers that the base has not, or of another
   *     shape
   */
  public static BakeReport write(BakePlan plan, WritableByteChannel out) throws IOException {
    try (Closer opened = new Closer()) {
      WeightKernels kernels = opened.add(new WeightKernels());
      TensorStore base = opened.add(SdxlCheckpoint.tensors(plan.base()));
      SdxlCheckpoint checkpoint =
          opened.add(SdxlCheckpoint.open(plan.base(), Optional.empty(), LAYERS_ALONE));
      Bake bake = new Bake(plan, base, kernels);
      for (MergedAdapters.Source adapter : plan.adapters()) {
        LokrFile file = opened.add(LokrFile.open(adapter.file()));
        bake.marks =
            bake.marks.with(PredictionMarks.of(adapter.file(), List.of(), file.metadata()));
        file.updates(checkpoint.layout().modules().changeable(), adapter.multiplier())
            .forEach(bake::add);
        file.requireChange();
      }
      return bake.write(out);
    }
  }

  private void add(TensorUpdate update) {
    if (update instanceof LayerUpdate) {
      layers++;
    } else if (update.target().module().isNorm()) {
      norms.add(update.target().module());
    }
    String key = rows(update).key();
    updates.computeIfAbsent(key, name -> new ArrayList<>()).add(update);
  }

  private static LayerRows rows(TensorUpdate update) {
    return LayerRows.of(update.target().module(), update.target().tensor());
  }

  private BakeReport write(WritableByteChannel out) throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    for (TensorInfo info : base.tensors().values()) {
      Dtype own = info.dtype();
      Dtype output = own.isFloating() ? plan.output().orElse(own) : own;
      tensors.add(
          new TensorSource(
              info.name(), output, info.shape(), channel -> write(info, output, channel)));
    }
    List<TensorSource> all = new ArrayList<>(tensors);
    all.addAll(marks.tensors(base.tensors().keySet()));
    try (BackgroundChannel background = new BackgroundChannel(out)) {
      SafeTensorsWriter.write(background, metadata(), all);
    }
    return new BakeReport(layers, norms.size(), updates.size(), tensors.size() - updates.size());
  }

  private void write(TensorInfo info, Dtype output, WritableByteChannel out) throws IOException {
    List<TensorUpdate> own = updates.get(info.name());
    if (own != null) {
      adapted(info, own, output, out);
    } else if (output == info.dtype()) {
      base.source(info.name()).content().writeTo(out);
    } else {
      conversion.write(info.name(), List.of(new WeightedSum.Term(base, 1)), output, out);
    }
  }

  /** Writes a tensor with all its updates, one after another, rounded once. */
  private void adapted(
      TensorInfo info, List<TensorUpdate> own, Dtype output, WritableByteChannel out)
      throws IOException {
    try (MemoryScope scope = MemoryScope.open(kernels.manager())) {
      NDArray whole = whole(scope.manager(), info);
      NDArray frozen = own.size() > 1 ? whole.duplicate() : whole;
      for (TensorUpdate update : own) {
        LayerRows rows = rows(update);
        try (MemoryScope one = MemoryScope.open(scope.manager())) {
          NDArray before = rows(one.manager(), frozen, rows);
          NDArray sum = rows(one.manager(), whole, rows);
          ParameterKernels.shared().run("assign", sum, update.apply(one.manager(), before, sum));
        }
      }
      WorthlessTensor.refuse(kernels, info.name(), whole, output, () -> blame(info.name(), own));
      ArraySource.of(info.name(), output, whole).content().writeTo(out);
    }
  }

  /** A view of these rows of {@code whole}. */
  private NDArray rows(NDManager scope, NDArray whole, LayerRows rows) {
    return kernels.kernels().tensor(scope, "rows", whole, rows.first(), rows.count());
  }

  private Optional<String> blame(String name, List<TensorUpdate> own) throws IOException {
    Optional<String> found = WorthlessTensor.in(kernels, base, name);
    for (TensorUpdate update : own) {
      found = found.isPresent() ? found : update.spoilt(kernels.manager());
    }
    return found;
  }

  private NDArray whole(NDManager scope, TensorInfo info) throws IOException {
    try (NDArray bytes = scope.create(new Shape(info.size()), DataType.UINT8)) {
      base.read(info.name(), 0, bytes.toByteBuffer(true));
      long width = info.dtype().bits() / 8;
      return kernels.kernels().tensor(scope, "whole", bytes, info.shape(), width, info.dtype());
    }
  }

  /** The base's texts, without hashes of it, and what was baked. */
  private Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>(base.metadata());
    metadata.keySet().removeIf(key -> key.contains("hash"));
    marks.tell(metadata);
    metadata.put(
        "modelspec.merged_from",
        plan.base().getFileName()
            + plan.adapters().stream()
                .map(adapter -> ", " + adapter.file().getFileName() + " * " + adapter.multiplier())
                .collect(Collectors.joining()));
    return metadata;
  }
}
