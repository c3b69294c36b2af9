package io.kohaku.sdxl.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.input.UnusableFileException;
import io.kohaku.ownership.Closer;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.TensorStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a checkpoint, whatever their layout, seen as one single-file checkpoint. */
final class TensorFiles implements TensorStore {
  private final Path place;
  private final List<SafeTensors> files = new ArrayList<>();
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final Map<String, TensorInfo> infos = new LinkedHashMap<>();

  /**
   * No files yet.
   *
   * @param place the file or folder that they are of
   */
  TensorFiles(Path place) {
    this.place = place;
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
    return place.toString();
  }

  @Override
  public Path file() {
    return place;
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    if (infos.isEmpty()) {
      tensors.forEach((key, tensor) -> infos.put(key, tensor.info(key)));
    }
    return Collections.unmodifiableMap(infos);
  }

  @Override
  public TensorInfo info(String key) {
    TensorInfo info = tensors().get(key);
    if (info == null) {
      throw new UnusableFileException("Missing tensor: '%s' in %s".formatted(key, place));
    }
    return info;
  }

  @Override
  public void read(String key, long offset, ByteBuffer target) throws IOException {
    StoredBytes.read(tensors.get(key), offset, target);
  }

  /** Shape of each tensor by its key in a single-file checkpoint. */
  Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    tensors.forEach((key, tensor) -> shapes.put(key, tensor.shape()));
    return shapes;
  }

  /** Weights of whole numbers are quantised: what they stand for is not known here. */
  void requireFloating(String key) {
    Dtype dtype = tensors.get(key).parts().get(0).info().dtype();
    if (!dtype.isFloating()) {
      throw new UnusableFileException(
          "Cannot load %s: %s is stored as %s, quantised (take the file in fp16 or bf16)"
              .formatted(place, key, dtype));
    }
  }

  /** The texts that come with the tensors of the first file. */
  @Override
  public Map<String, String> metadata() {
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
