package io.kohaku.train.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.ArraySource;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.train.model.RunKernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Named tensors of a run in a file and back, exactly as they are. */
final class TensorFile {
  private TensorFile() {}

  static void write(Path file, Map<String, NDArray> tensors) throws IOException {
    List<TensorSource> sources =
        tensors.entrySet().stream()
            .map(
                tensor ->
                    ArraySource.of(tensor.getKey(), dtype(tensor.getValue()), tensor.getValue()))
            .toList();
    SafeTensorsWriter.write(file, Map.of(), sources);
  }

  /** The tensors of a file, which must be the expected ones, as tensors of {@code scope}. */
  static Map<String, NDArray> read(Path file, NDManager scope, Map<String, NDArray> expected) {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      Set<String> different = new TreeSet<>(tensors.tensors().keySet());
      different.removeAll(expected.keySet());
      expected.keySet().stream()
          .filter(name -> !tensors.tensors().containsKey(name))
          .forEach(different::add);
      if (!different.isEmpty()) {
        throw new IllegalArgumentException(
            "Invalid checkpoint file %s: %s tensors missing or unexpected, first %s (must be saved by a run over the same adapter)"
                .formatted(file, different.size(), different.iterator().next()));
      }
      expected.forEach(
          (name, like) -> {
            long[] shape = tensors.info(name).shape();
            if (!Arrays.equals(shape, like.getShape().getShape())) {
              throw new IllegalArgumentException(
                  "Invalid checkpoint file %s: %s is %s (must be %s)"
                      .formatted(file, name, Arrays.toString(shape), like.getShape()));
            }
          });
      return read(tensors, scope, expected);
    }
  }

  /** Those tensors of a file that {@code wanted} names, as tensors of {@code scope}. */
  static Map<String, NDArray> readSome(Path file, NDManager scope, Map<String, NDArray> wanted) {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      return read(tensors, scope, wanted);
    }
  }

  private static Map<String, NDArray> read(
      SafeTensors tensors, NDManager scope, Map<String, NDArray> wanted) {
    Map<String, NDArray> read = new LinkedHashMap<>();
    wanted.forEach((name, like) -> read.put(name, tensors.read(scope, name, dtype(like))));
    return read;
  }

  /** Copies a file's tensors into those given. */
  static void restore(Path file, NDManager parent, Map<String, NDArray> targets) {
    try (MemoryScope scope = MemoryScope.open(parent)) {
      Map<String, NDArray> read = read(file, scope.manager(), targets);
      RunKernels.of(scope.manager())
          .run("copy", List.copyOf(targets.values()), List.copyOf(read.values()));
    }
  }

  private static Dtype dtype(NDArray array) {
    DataType type = array.getDataType();
    return Arrays.stream(Dtype.values())
        .filter(dtype -> dtype.dataType().filter(type::equals).isPresent())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Cannot save tensors of type " + type));
  }
}
