package io.kohaku.sdxl.tape;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** Reads a tensor by its key in a single-file checkpoint, in the compute dtype. */
@FunctionalInterface
public interface WeightReader {
  /** The tensor {@code key}, of {@code owner} and on its device. */
  NDArray read(NDManager owner, String key);
}
