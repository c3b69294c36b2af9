package io.kohaku.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.tensor.file.TensorStore;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Memory for one slice of a tensor, filled from files again and again. */
public final class SliceBuffer {
  /** Elements of a slice: what is computed at once, few enough to stay in a core's cache. */
  public static final int ELEMENTS = 1 << 19;

  private static final int WIDEST = Long.BYTES;

  private final NDArray bytes;
  private final ByteBuffer view;

  public SliceBuffer(NDManager manager) {
    this.bytes = manager.create(new Shape((long) ELEMENTS * WIDEST), DataType.UINT8);
    this.view = bytes.toByteBuffer(true);
  }

  /** The bytes, {@code [8 ELEMENTS]}, of which the first {@code length} are new. */
  public NDArray fill(TensorStore file, String name, long offset, long length) throws IOException {
    ByteBuffer target = view.duplicate();
    target.clear().limit(Math.toIntExact(length));
    file.read(name, offset, target);
    return bytes;
  }
}
