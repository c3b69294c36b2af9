package io.kohaku.weights.verify;

import ai.djl.ndarray.NDArray;
import io.kohaku.lokr.file.LokrFile;
import io.kohaku.lokr.file.StoredLayer;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.weights.WeightKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The two blocks of one layer of an adapter.
 *
 * @param layer its name
 * @param small the tensors of the small block with their shapes
 * @param large the tensors of the large block with their shapes
 * @param alpha as stored; without meaning where both blocks are whole
 * @param norm L2 norm of the update as it acts at strength 1, before magnitudes are put right:
 *     {@code alpha / rank · scalar · w1 ⊗ w2}, the norm of which is the product of the parts' norms
 */
record AdapterBlocks(String layer, String small, String large, double alpha, double norm) {
  /** Whether these are the tensors of an adapter, and not, say, of the optimizer that trains it. */
  static boolean areOf(Set<String> tensors) {
    return !tensors.isEmpty() && tensors.stream().allMatch(LokrTensor::isOfLayer);
  }

  /** The layers of an adapter's file by name. */
  static List<AdapterBlocks> of(WeightKernels kernels, SafeTensors tensors) {
    List<AdapterBlocks> blocks = new ArrayList<>();
    try (LokrFile file = LokrFile.open(tensors.file())) {
      for (StoredLayer layer : new TreeMap<>(file.stored()).values()) {
        String small = shapes(layer, layer.small());
        String large = shapes(layer, layer.large());
        double norm =
            Math.abs(layer.scale())
                * scalar(kernels, tensors, layer)
                * norm(kernels, tensors, layer, layer.small())
                * norm(kernels, tensors, layer, layer.large());
        blocks.add(new AdapterBlocks(layer.name(), small, large, layer.alpha(), norm));
      }
    }
    return blocks;
  }

  private static String shapes(StoredLayer layer, List<LokrTensor> block) {
    return block.stream()
        .map(tensor -> layer.tensors().get(tensor.suffix()).toString())
        .reduce((one, two) -> one + " " + two)
        .orElseThrow();
  }

  private static double scalar(WeightKernels kernels, SafeTensors tensors, StoredLayer layer) {
    return layer.has(LokrTensor.SCALAR)
        ? norm(kernels, tensors, layer, List.of(LokrTensor.SCALAR))
        : 1;
  }

  private static double norm(
      WeightKernels kernels, SafeTensors tensors, StoredLayer layer, List<LokrTensor> block) {
    try (MemoryScope scope = MemoryScope.open(kernels.manager())) {
      List<NDArray> parts = new ArrayList<>();
      for (LokrTensor tensor : block) {
        parts.add(tensors.view(scope.manager(), tensor.of(layer.name())));
      }
      return kernels.kernels().number("block_norm", parts);
    }
  }
}
