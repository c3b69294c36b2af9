package io.kohaku.sdxl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.Dtype;
import java.util.Map;

/** The files of a checkpoint, whatever their layout, seen as one single-file checkpoint. */
interface TensorFiles extends AutoCloseable {
  /** What errors call it. */
  String name();

  /** Shape of each tensor by its key in a single-file checkpoint. */
  Map<String, long[]> shapes();

  /** The texts that come with the tensors. */
  Map<String, String> metadata();

  /**
   * A tensor of {@code owner} in {@code dtype}: on the CPU the mapped file itself where it has that
   * dtype already.
   */
  NDArray read(NDManager owner, String key, Dtype dtype);

  @Override
  void close();
}
