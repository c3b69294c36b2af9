package io.kohaku.weights.bake;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.file.LokrFile;
import io.kohaku.lokr.file.StoredLayer;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.weights.WeightKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The two blocks of one layer of an adapter.
 *
 * @param layer its name
 * @param small the tensors of the small block with their shapes
 * @param large the tensors of the large block with their shapes
 * @param alpha as stored; without meaning where both blocks are whole
 * @param norm L2 norm of {@code w1 ⊗ w2}, which is the product of the blocks' norms
 */
public record AdapterBlocks(String layer, String small, String large, double alpha, double norm) {
  private static final Pattern ADAPTER =
      Pattern.compile("[^.]+\\.(alpha|lokr_w[12](_[ab])?|lokr_t2|dora_scale|scalar)");

  private static final List<List<String>> SMALL =
      List.of(List.of("lokr_w1"), List.of("lokr_w1_a", "lokr_w1_b"));
  private static final List<List<String>> LARGE =
      List.of(
          List.of("lokr_w2"),
          List.of("lokr_t2", "lokr_w2_a", "lokr_w2_b"),
          List.of("lokr_w2_a", "lokr_w2_b"));

  /** Whether these are the tensors of an adapter, and not, say, of the optimizer that trains it. */
  public static boolean areOf(Set<String> tensors) {
    return !tensors.isEmpty() && tensors.stream().allMatch(name -> ADAPTER.matcher(name).matches());
  }

  /** The layers of an adapter's file by name. */
  public static List<AdapterBlocks> of(WeightKernels kernels, SafeTensors tensors) {
    List<AdapterBlocks> blocks = new ArrayList<>();
    try (LokrFile file = LokrFile.open(tensors.file())) {
      for (StoredLayer layer : new TreeMap<>(file.stored()).values()) {
        List<String> small = present(SMALL, layer.tensors());
        List<String> large = present(LARGE, layer.tensors());
        double norm = norm(kernels, tensors, layer, small) * norm(kernels, tensors, layer, large);
        blocks.add(
            new AdapterBlocks(
                layer.name(), shapes(layer, small), shapes(layer, large), layer.alpha(), norm));
      }
    }
    return blocks;
  }

  private static List<String> present(List<List<String>> ways, Map<String, Shape> tensors) {
    return ways.stream().filter(tensors.keySet()::containsAll).findFirst().orElseThrow();
  }

  private static String shapes(StoredLayer layer, List<String> suffixes) {
    return suffixes.stream()
        .map(suffix -> layer.tensors().get(suffix).toString())
        .reduce((one, two) -> one + " " + two)
        .orElseThrow();
  }

  private static double norm(
      WeightKernels kernels, SafeTensors tensors, StoredLayer layer, List<String> suffixes) {
    try (MemoryScope scope = MemoryScope.open(kernels.manager())) {
      List<NDArray> parts = new ArrayList<>();
      for (String suffix : suffixes) {
        parts.add(tensors.view(scope.manager(), layer.name() + "." + suffix));
      }
      return kernels.kernels().number("block_norm", parts);
    }
  }
}
