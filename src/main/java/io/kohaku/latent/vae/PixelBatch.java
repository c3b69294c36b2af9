package io.kohaku.latent.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.image.Bucket;
import io.kohaku.image.prepare.PreparedImage;
import java.nio.ByteBuffer;
import java.util.List;

/** Images of one bucket as one tensor. */
public final class PixelBatch {
  private PixelBatch() {}

  /** {@code [images, height, width, 3]}, bytes, red first; a tensor of {@code scope}. */
  public static NDArray rgb(NDManager scope, List<PreparedImage> images) {
    Bucket bucket = images.get(0).placement().bucket();
    int size = bucket.width() * bucket.height() * 3;
    ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(size, images.size()));
    images.forEach(image -> bytes.put(image.rgb()));
    Shape shape = new Shape(images.size(), bucket.height(), bucket.width(), 3);
    return scope.create(bytes.flip(), shape, DataType.UINT8);
  }
}
