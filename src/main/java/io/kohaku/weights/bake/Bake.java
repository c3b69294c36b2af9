package io.kohaku.weights.bake;

import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.file.LokrFile;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.weights.BackgroundChannel;
import io.kohaku.weights.RawCopy;
import io.kohaku.weights.RawTensors;
import io.kohaku.weights.WeightKernels;
import io.kohaku.weights.merge.CheckpointMerge;
import io.kohaku.weights.merge.WeightedSum;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Adds adapters to a checkpoint for good: {@code W + Σ multiplier · delta} in float32, rounded
 * once.
 *
 * <p>Tensors without a layer, {@code logit_scale} and {@code position_ids} among them, are kept.
 */
public final class Bake {
  private final BakePlan plan;
  private final RawTensors base;
  private final WeightKernels kernels;
  private final WeightedSum conversion;
  private final Map<String, List<LayerUpdate>> updates = new LinkedHashMap<>();
  private int layers;

  private Bake(BakePlan plan, RawTensors base, WeightKernels kernels) {
    this.plan = plan;
    this.base = base;
    this.kernels = kernels;
    this.conversion = new WeightedSum(kernels, Dtype.F32);
  }

  /**
   * Bakes into {@code out}.
   *
   * @throws IllegalArgumentException if an adapter has layers that the base has not, or of another
   *     shape
   */
  public static BakeReport write(BakePlan plan, WritableByteChannel out) throws IOException {
    List<RawTensors> files = new ArrayList<>();
    try (WeightKernels kernels = new WeightKernels();
        RawTensors base = RawTensors.open(plan.base());
        SdxlCheckpoint checkpoint =
            SdxlCheckpoint.open(plan.base(), Optional.empty(), ModelOptions.DEFAULT)) {
      Bake bake = new Bake(plan, base, kernels);
      for (BakePlan.Adapter adapter : plan.adapters()) {
        RawTensors file = RawTensors.open(adapter.file());
        files.add(file);
        for (LokrLayer layer : layers(adapter.file(), checkpoint)) {
          bake.add(new LayerUpdate(file, layer, adapter.multiplier()));
        }
      }
      return bake.write(out);
    } finally {
      files.forEach(RawTensors::close);
    }
  }

  private static List<LokrLayer> layers(Path adapter, SdxlCheckpoint checkpoint) {
    try (LokrFile file = LokrFile.open(adapter)) {
      return file.layers(checkpoint.layout().modules().layers());
    }
  }

  private void add(LayerUpdate update) {
    layers++;
    updates.computeIfAbsent(update.rows().key(), key -> new ArrayList<>()).add(update);
  }

  private BakeReport write(WritableByteChannel out) throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    for (TensorInfo info : base.tensors().values()) {
      boolean floating = CheckpointMerge.FLOATING.contains(info.dtype());
      Dtype output = floating ? plan.output().orElse(info.dtype()) : info.dtype();
      tensors.add(
          new TensorSource(
              info.name(), output, info.shape(), channel -> write(info, output, channel)));
    }
    try (BackgroundChannel background = new BackgroundChannel(out)) {
      SafeTensorsWriter.write(background, metadata(), tensors);
    }
    return new BakeReport(layers, updates.size(), tensors.size() - updates.size());
  }

  private void write(TensorInfo info, Dtype output, WritableByteChannel out) throws IOException {
    List<LayerUpdate> own = updates.get(info.name());
    if (own != null) {
      LayerUpdate.write(kernels, base, info, own, output, out);
    } else if (output == info.dtype()) {
      RawCopy.write(base, info, out);
    } else {
      conversion.write(info.name(), List.of(new WeightedSum.Term(base, 1)), output, out);
    }
  }

  /** The base's texts, without hashes of it, and what was baked. */
  private Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>(base.metadata());
    metadata.keySet().removeIf(key -> key.contains("hash"));
    metadata.put(
        "modelspec.merged_from",
        plan.base().getFileName()
            + plan.adapters().stream()
                .map(adapter -> ", " + adapter.file().getFileName() + " * " + adapter.multiplier())
                .collect(Collectors.joining()));
    return metadata;
  }
}
