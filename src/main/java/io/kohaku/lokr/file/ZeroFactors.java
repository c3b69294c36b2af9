package io.kohaku.lokr.file;

import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.tensor.file.SafeTensors;
import java.nio.ByteBuffer;

/**
 * Looks for stored tensors that are zero throughout, so that what they are a factor of is zero too.
 *
 * @param file the adapter
 */
record ZeroFactors(SafeTensors file) {
  /** Whether each change of a layer has one and each change of a vector is one. */
  boolean areInAll(AdapterContents contents) {
    return contents.layers().values().stream().allMatch(this::isIn)
        && contents.vectors().values().stream().allMatch(vector -> isZero(vector.tensor().name()));
  }

  /** Trained magnitudes change a layer even so. */
  private boolean isIn(StoredLayer layer) {
    return !layer.has(LokrTensor.DORA_SCALE) && layer.changing().stream().anyMatch(this::isZero);
  }

  /** The last byte of a number has its sign, which a zero may have too. */
  private boolean isZero(String name) {
    ByteBuffer bytes = file.bytes(name);
    int width = file.info(name).dtype().bits() / 8;
    for (int i = 0; i < bytes.limit(); i++) {
      int digits = i % width == width - 1 ? 0x7f : 0xff;
      if ((bytes.get(i) & digits) != 0) {
        return false;
      }
    }
    return true;
  }
}
