package io.kohaku.weights.verify;

import ai.djl.ndarray.NDArray;
import io.kohaku.lokr.file.LokrFile;
import io.kohaku.lokr.file.StoredLayer;
import io.kohaku.lokr.file.StoredVector;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.NormTensor;
import io.kohaku.lokr.stored.LayerKind;
import io.kohaku.lokr.stored.LayerNames;
import io.kohaku.lokr.stored.LayerParts;
import io.kohaku.lokr.stored.OtherAdapter;
import io.kohaku.lokr.stored.Part;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.weights.WeightKernels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an adapter changes, a line for each layer, norm and bias.
 *
 * <p>A layer's line has its kind (LoKr goes without), its tensors with their shapes, rank and alpha
 * as stored, and the L2 norm of the update as it acts at strength 1, before magnitudes are put
 * right: {@code alpha / rank · scalar · w1 ⊗ w2}, the norm of which is the product of the parts'
 * norms.
 */
final class AdapterLines {
  private final WeightKernels kernels;
  private final LokrFile file;

  private AdapterLines(WeightKernels kernels, LokrFile file) {
    this.kernels = kernels;
    this.file = file;
  }

  /** Whether these are the tensors of an adapter, and not, say, of the optimizer that trains it. */
  static boolean areOf(Set<String> tensors) {
    return OtherAdapter.isAdapter(tensors);
  }

  /**
   * The lines in the order of names.
   *
   * @throws io.kohaku.input.UnusableFileException if it is an adapter that is not read here
   */
  static List<String> of(WeightKernels kernels, Path path) {
    try (LokrFile file = LokrFile.open(path)) {
      AdapterLines lines = new AdapterLines(kernels, file);
      List<String> all = new ArrayList<>();
      new TreeMap<>(file.stored()).values().forEach(layer -> all.add(lines.layer(layer)));
      new TreeMap<>(file.vectors()).values().forEach(vector -> all.add(lines.vector(vector)));
      return all;
    }
  }

  private String layer(StoredLayer layer) {
    double norm =
        Math.abs(layer.scale())
            * (layer.has(LokrTensor.SCALAR) ? norm(layer, List.of(LokrTensor.SCALAR)) : 1)
            * norm(layer, layer.small())
            * norm(layer, layer.large());
    String tensors =
        layer.kind() == LayerKind.LOKR
            ? "w1 %s  w2 %s".formatted(shapes(layer, layer.small()), shapes(layer, layer.large()))
            : parts(layer);
    String alpha = layer.kind() == LayerKind.FULL ? "" : number("  alpha ", layer.alpha());
    return "layer     %s  %s%s%s%s"
        .formatted(known(layer.name()), tensors, magnitudes(layer), alpha, number("  norm ", norm));
  }

  private static String known(String module) {
    return LayerNames.kohya(module).isPresent() ? module : module + " (NOT IN SDXL)";
  }

  private static String parts(StoredLayer layer) {
    LayerParts parts = layer.form().parts();
    String shapes =
        layer.form().shown().stream()
            .map(part -> "  %s %s".formatted(part.suffix(), parts.shape(part)))
            .collect(Collectors.joining());
    long rank = layer.form().rank();
    return layer.kind().title() + shapes + (rank == 0 ? "" : "  rank " + rank);
  }

  private static String magnitudes(StoredLayer layer) {
    return layer.has(LokrTensor.DORA_SCALE)
        ? "  magnitudes " + layer.tensors().get(LokrTensor.DORA_SCALE.suffix())
        : "";
  }

  private String vector(StoredVector vector) {
    boolean norm =
        vector.target() == NormTensor.GAIN
            || vector.tensor().name().endsWith(NormTensor.BIAS.suffix())
            || file.vectors().containsKey(NormTensor.GAIN.of(vector.module()));
    double size;
    try (MemoryScope scope = MemoryScope.open(kernels.manager())) {
      NDArray change = file.tensor(scope.manager(), vector);
      size = kernels.kernels().number("block_norm", List.of(change));
    }
    String suffix = norm ? vector.target().suffix() : Part.DIFF_BIAS.suffix();
    return "%s      %s  %s (%s)%s"
        .formatted(
            norm ? "norm" : "bias",
            known(vector.module()),
            suffix,
            vector.tensor().elements(),
            number("  norm ", size));
  }

  private static String number(String label, double number) {
    return String.format(Locale.ROOT, "%s%.6g", label, number);
  }

  private static String shapes(StoredLayer layer, List<LokrTensor> block) {
    return block.stream()
        .map(tensor -> layer.tensors().get(tensor.suffix()).toString())
        .collect(Collectors.joining(" "));
  }

  private double norm(StoredLayer layer, List<LokrTensor> block) {
    try (MemoryScope scope = MemoryScope.open(kernels.manager())) {
      List<NDArray> parts = new ArrayList<>();
      block.forEach(tensor -> parts.add(file.tensor(scope.manager(), layer, tensor)));
      return kernels.kernels().number("block_norm", parts);
    }
  }
}
