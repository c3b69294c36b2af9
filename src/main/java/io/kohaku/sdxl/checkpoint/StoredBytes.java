package io.kohaku.sdxl.checkpoint;

import io.kohaku.sdxl.checkpoint.StoredTensor.Form;
import io.kohaku.sdxl.checkpoint.StoredTensor.Part;
import io.kohaku.tensor.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of a tensor as a single-file checkpoint would have them, wherever they lie. */
final class StoredBytes {
  private StoredBytes() {}

  /** Fills {@code target} from byte {@code offset} on. */
  static void read(StoredTensor tensor, long offset, ByteBuffer target) throws IOException {
    if (tensor.form() == Form.TRANSPOSED) {
      ByteBuffer turned = transposed(tensor.parts().get(0));
      turned.position(Math.toIntExact(offset)).limit(turned.position() + target.remaining());
      target.put(turned);
      return;
    }
    int limit = target.limit();
    long skipped = offset;
    for (Part part : tensor.parts()) {
      long size = part.info().size();
      if (skipped < size && target.position() < limit) {
        long count = Math.min(size - skipped, limit - target.position());
        target.limit(target.position() + (int) count);
        part.file().read(part.name(), skipped, target);
        target.limit(limit);
        skipped = 0;
      } else {
        skipped = Math.max(0, skipped - size);
      }
    }
  }

  /** A matrix with rows and columns changed; one of a text encoder, a few megabytes. */
  private static ByteBuffer transposed(Part part) throws IOException {
    TensorInfo info = part.info();
    ByteBuffer stored = ByteBuffer.allocate(Math.toIntExact(info.size()));
    part.file().read(part.name(), 0, stored);
    long[] shape = info.shape();
    if (shape.length != 2) {
      return stored.flip();
    }
    int rows = (int) shape[0];
    int columns = (int) shape[1];
    int width = info.dtype().bits() / 8;
    ByteBuffer turned = ByteBuffer.allocate(stored.capacity());
    for (int column = 0; column < columns; column++) {
      for (int row = 0; row < rows; row++) {
        turned.put(stored.array(), (row * columns + column) * width, width);
      }
    }
    return turned.flip();
  }
}
