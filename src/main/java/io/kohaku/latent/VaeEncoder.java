package io.kohaku.latent;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.image.Bucket;
import io.kohaku.image.PreparedImage;
import io.kohaku.sdxl.Vae;
import io.kohaku.settings.Precision;
import io.kohaku.tensor.Autograd;
import io.kohaku.tensor.MemoryScope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Pixels of one size to the distributions of their latents, on one device. */
final class VaeEncoder implements AutoCloseable {
  private final Vae vae;

  private VaeEncoder(Vae vae) {
    this.vae = vae;
  }

  /** Loads the VAE; belongs to the calling thread. */
  static VaeEncoder open(VaeSource source, Device device, Precision precision) {
    Autograd.enterThread();
    return new VaeEncoder(source.open(device, precision));
  }

  /** The distributions for images of one bucket, in their order. */
  List<Moments> encode(List<PreparedImage> images) {
    Bucket bucket = images.get(0).placement().bucket();
    try (MemoryScope scope = MemoryScope.open(vae.manager())) {
      Vae.Moments moments = vae.encode(scope.manager(), pictures(scope.manager(), images, bucket));
      float[] means = moments.mean().toFloatArray();
      float[] logVariances = moments.logVariance().toFloatArray();
      List<Moments> each = new ArrayList<>();
      int size = means.length / images.size();
      for (int i = 0; i < images.size(); i++) {
        each.add(Moments.ofLogVariance(part(means, i, size), part(logVariances, i, size)));
      }
      return each;
    }
  }

  /** {@code [batch, 3, height, width]}: (x / 255 - 0.5) / 0.5, computed in float32. */
  private static NDArray pictures(NDManager scope, List<PreparedImage> images, Bucket bucket) {
    int size = bucket.width() * bucket.height() * 3;
    ByteBuffer bytes = ByteBuffer.allocateDirect(size * images.size());
    images.forEach(image -> bytes.put(image.rgb()));
    Shape shape = new Shape(images.size(), bucket.height(), bucket.width(), 3);
    return scope
        .create(bytes.flip(), shape, DataType.UINT8)
        .transpose(0, 3, 1, 2)
        .toType(DataType.FLOAT32, false)
        .div(255f)
        .sub(0.5f)
        .div(0.5f);
  }

  private static float[] part(float[] values, int index, int size) {
    float[] part = new float[size];
    System.arraycopy(values, index * size, part, 0, size);
    return part;
  }

  @Override
  public void close() {
    vae.close();
  }
}
