package io.kohaku.sdxl.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.ownership.Closer;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.file.SafeTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a checkpoint, whatever their layout, seen as one single-file checkpoint. */
final class TensorFiles implements AutoCloseable {
  private final String name;
  private final List<SafeTensors> files = new ArrayList<>();
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();

  /**
   * No files yet.
   *
   * @param name what errors call them
   */
  TensorFiles(String name) {
    this.name = name;
  }

  /** Opens one more file, which is closed with this. */
  SafeTensors open(Path file) {
    SafeTensors opened = SafeTensors.open(file);
    files.add(opened);
    return opened;
  }

  /** Says where the tensor {@code key} is. */
  void put(String key, StoredTensor tensor) {
    tensors.put(key, tensor);
  }

  /** Says where the next part of the tensor {@code key} is. */
  void append(String key, SafeTensors file, String part) {
    StoredTensor before = tensors.get(key);
    tensors.put(
        key,
        before == null
            ? StoredTensor.as(StoredTensor.Form.CONCATENATED, file, part)
            : before.and(new StoredTensor.Part(file, part)));
  }

  String name() {
    return name;
  }

  /** Shape of each tensor by its key in a single-file checkpoint. */
  Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    tensors.forEach((key, tensor) -> shapes.put(key, tensor.shape()));
    return shapes;
  }

  /** The texts that come with the tensors of the first file. */
  Map<String, String> metadata() {
    return files.get(0).metadata();
  }

  /** The tensor {@code key} in {@code dtype}, of {@code owner} and on its device. */
  NDArray read(NDManager owner, String key, Dtype dtype) {
    return tensors.get(key).read(owner, dtype);
  }

  @Override
  public void close() {
    Closer.close(files);
  }
}
